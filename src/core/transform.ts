/** The contract of a transform: a step from table to table whose learned state is plain JSON. */
import type { History } from "./history.ts";
import type { Json, JsonObject } from "./json.ts";
import type { ColumnKind, Table } from "./table/table.ts";
import type { Task } from "./task.ts";

/** Options as they stand in config.json, without `type`. */
export type TransformOptions = JsonObject;

/** One entry of `features` in config.json, or one step of the automatic plan. */
export interface TransformRequest {
  readonly type: string;
  readonly options: TransformOptions;
}

/** What fitting is told beside the table. */
export interface TransformContext {
  /** Regression: values; classification: class codes, (n_samples). */
  readonly y?: Float64Array;
  readonly task: Task;
  readonly seed: number;
  /** Name of the target column: never a feature. */
  readonly target: string;
  /** Where config.json names a time_column. */
  readonly history?: History | undefined;
}

/** What a row lacks of the history that its features need, or null. */
export interface HistoryGap {
  /** "missing": there is no answer for it. "stale": the last value is longer ago than it was for any training row. */
  readonly kind: "missing" | "stale";
  readonly message: string;
}

/** One option of a transform: what is allowed, for validation and help. `column` and `columns` are common to all. */
export interface TransformOption {
  readonly name: string;
  /** "choices" is a list of some of `choices`, "texts" and "integers" lists of any, "scalar" a number or a text. */
  readonly type:
    "number" | "integer" | "integers" | "boolean" | "choice" | "choices" | "text" | "texts" | "scalar" | "object";
  /** Null: nothing is set, and the description says what happens then. */
  readonly default: Json;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly choices?: readonly string[];
  readonly description: string;
}

/** Applies a fitted transform. It never looks at other rows and never changes its argument: one row gives the same as a batch. */
export type TableMap = (table: Table) => Table;

/**
 * A transform replaces the columns it reads (`inputNames`) by those it makes (`outputNames`), in place, and keeps the
 * others. `fit(...)` gives data, `load(state)` gives behaviour, with the lookups built once.
 */
export interface Transform<State extends JsonObject = JsonObject> {
  /** As in config.json. */
  readonly type: string;
  readonly description: string;
  /** Kinds of column it takes; without `column` or `columns` it takes all of these kinds. */
  readonly kinds: readonly ColumnKind[];
  readonly options: readonly TransformOption[];
  /** @throws {MlctlError} kind "usage" for an option or column that does not exist */
  fit(table: Table, options: TransformOptions, context: TransformContext): State;
  /** Names of the columns it reads; they are gone afterwards unless they are made again under the same name. */
  inputNames(state: State): readonly string[];
  /** Names of the columns it makes, in order. */
  outputNames(state: State): readonly string[];
  load(state: State): TableMap;
  /** What it makes of the very rows that it was fitted on, where these must not see their own target. */
  trainingTable?(state: State, table: Table, context: TransformContext): Table;
  /** Only transforms that look back: what each row lacks. The rows need the time column and nothing else. */
  historyGaps?(state: State): (table: Table) => readonly (HistoryGap | null)[];
  /** Only transforms that look back, where they leave rows out for those that follow. */
  narrowHistory?(state: State, history: History): History;
  /** Only transforms that keep a history: the state with what `later` knows beyond it. Columns may be absent there. */
  extendHistory?(state: State, later: History): State;
}

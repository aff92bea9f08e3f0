/** Interface of a transform: a step from table to table whose learned state is plain JSON. */
import type { JsonObject } from "./json.ts";
import type { GraphBuilder, GraphColumn } from "./onnx.ts";
import type { ParamSpec } from "./paramSpec.ts";
import type { ColumnKind, Table, Task } from "./table/table.ts";

export type TransformOptions = JsonObject;

export interface TransformRequest {
  readonly type: string;
  readonly options: TransformOptions;
}

export interface TransformContext {
  /** Regression: values; classification: class codes, (n_samples). */
  readonly y?: Float64Array;
  readonly task: Task;
  readonly seed: number;
  /** Name of the target column: never a feature. */
  readonly target: string;
  readonly history?: History | undefined;
}

export interface LookBack {
  /** Columns that tell series apart; empty if the data is one series. */
  readonly by: readonly string[];
  readonly columns: readonly string[];
}

/** History that a row's features need but do not have. */
export interface HistoryGap {
  /**
   * "missing": the row cannot be predicted. "stale": the last known value is older than for any training row. "apart": an
   * earlier one is.
   */
  readonly kind: "missing" | "stale" | "apart";
  readonly message: string;
  readonly unseen?: string;
  /** Where the rows that it looks back on leave out times of a regular series, so that they are not those it needs. */
  readonly skips?: string;
}

/** Does not mutate its argument; a row's result does not depend on the other rows. */
export type TableMap = (table: Table) => Table;

/** Replaces `inputNames` by `outputNames` at the same place. `fit` returns data; `load` builds its lookups once. */
export interface Transform<State extends JsonObject = JsonObject> {
  readonly type: string;
  readonly description: string;
  /** Kinds of column it accepts; without `column` or `columns` it applies to all columns of these kinds. */
  readonly kinds: readonly ColumnKind[];
  /** All transforms have `column` and `columns`, too. */
  readonly options: readonly ParamSpec[];
  /** @throws {MlctlError} kind "usage" for an option or column that does not exist */
  fit(table: Table, options: TransformOptions, context: TransformContext): State;
  /** Names of the input columns; they are removed unless an output has the same name. */
  inputNames(state: State): readonly string[];
  outputNames(state: State): readonly string[];
  load(state: State): TableMap;
  /** Transforms the rows it was fitted on, if these must not see their own target (e.g. target encoding). */
  trainingTable?(state: State, table: Table, context: TransformContext): Table;
  /** Transforms that look back: the gap of each row, or null. The rows need only the time column. */
  historyGaps?(state: State): (table: Table) => readonly (HistoryGap | null)[];
  looksBack?(state: State): LookBack;
  /** Transforms that look back: the state as if the rows at or after an instant were not known yet. */
  cutHistory?(state: State, end: number): State;
  /** Transforms that look back: the state without what no row after an instant looks back on. */
  recentHistory?(state: State, end: number): State;
  /** Transforms that look back and drop rows: the history that the following transforms see. */
  narrowHistory?(state: State, history: History): History;
  /** Transforms that keep a history: the state extended by the rows of `later`, which may lack columns. */
  extendHistory?(state: State, later: History): State;
  /** The transform as operators of an ONNX graph; models with a transform without it are not exported from columns. */
  toOnnx?(graph: GraphBuilder, state: State, columns: readonly GraphColumn[]): readonly GraphColumn[];
}

/** All labelled rows of a dataset, training and validation. A row may only use rows strictly before it. */
export interface History {
  readonly timeColumn: string;
  /** Epoch milliseconds of each row; NaN is missing. */
  readonly time: Float64Array;
  /** All columns, including the target as numbers (values or class codes). */
  readonly columns: Table;
}

/** Signature: which columns a model takes and what it answers; every row is checked against it before features. */
import type { ColumnKind } from "./table.ts";
import type { Task } from "../task.ts";

/** One input column as it was in training. */
export interface ColumnSpec {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Numbers only: all were whole in training. */
  readonly integer?: boolean;
  /** Numbers and dates (epoch milliseconds): the range seen in training; absent if every value was missing. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Categories seen in training, sorted; at most a thousand are listed (`truncated`). */
  readonly categories?: readonly string[];
  readonly truncated?: boolean;
  /** Share of training rows without a value, 0 to 1. */
  readonly missingShare: number;
}

/** What is predicted. */
export interface TargetSpec {
  readonly name: string;
  readonly task: Task;
  /** Classification: `classes[k]` is the label of code k. Binary: `classes[1]` is the positive class. */
  readonly classes?: readonly string[];
}

export interface Signature {
  readonly inputs: readonly ColumnSpec[];
  readonly target: TargetSpec;
  /** How texts are read, as `ingest` of config.json had it when the model was trained: rows to predict are read alike. */
  readonly reading: {
    readonly nullValues: readonly string[];
    readonly normalizeNames: boolean;
  };
}

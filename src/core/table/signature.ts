/** Signature: inputs and target of a model, like in MLflow. Every row is checked against it. */
import type { ColumnKind } from "./table.ts";
import type { Task } from "../task.ts";

export interface ColumnSpec {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly integer?: boolean;
  /** Numbers and dates (epoch milliseconds): the range in training; absent if all values were missing. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Categories in training, sorted; at most a thousand (then `truncated` is true). */
  readonly categories?: readonly string[];
  readonly truncated?: boolean;
  readonly missingShare: number;
}

export interface TargetSpec {
  readonly name: string;
  readonly task: Task;
  /** Classification: `classes[k]` is the label of code k. Binary: `classes[1]` is the positive class. */
  readonly classes?: readonly string[];
}

export interface Signature {
  readonly inputs: readonly ColumnSpec[];
  readonly target: TargetSpec;
  /** The `ingest` settings at training time that affect how values are read; rows to predict are read the same way. */
  readonly reading: {
    readonly nullValues: readonly string[];
    readonly normalizeNames: boolean;
    /** By column, unless plainly: "1.234,5 €", "%d.%m.%Y". Absent in models of older versions. */
    readonly formats?: Readonly<Record<string, string>>;
    /** Blanks around CSV cells are removed; absent in models from before this setting, which keep them. */
    readonly trim?: boolean;
  };
}

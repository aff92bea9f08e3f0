/** A result for people, independent of where it is shown (terminal, report, Markdown). */

/** Numbers stay numbers: the renderer chooses the digits. Null means no value. */
export type Cell = string | number | boolean | null;

export interface ViewColumn {
  readonly header: string;
  /** Default: numbers right, everything else left. */
  readonly align?: "left" | "right";
  /**
   * What happens to a string that is too wide for its column. Default: it is truncated. "wrap" continues on the next
   * line; "whole" is never shortened, because people copy it.
   */
  readonly overflow?: "wrap" | "whole";
  /** Columns that may be dropped if the table is too wide; the smallest number goes first. */
  readonly leaveOut?: number;
}

export interface ViewTable {
  /** Only if a view has several tables. */
  readonly title?: string;
  readonly columns: readonly (ViewColumn | string)[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A command's result. A pipe gets only the data: fields and tables. */
export interface View {
  /** One sentence: "trained 3 models on 26 rows". */
  readonly title?: string;
  readonly fields?: readonly (readonly [label: string, value: Cell])[];
  readonly tables?: readonly ViewTable[];
  /** Remarks a reader should not miss; not part of the data. */
  readonly notes?: readonly string[];
  /** The next step, often a command: "run `mlctl score`". */
  readonly next?: string;
}

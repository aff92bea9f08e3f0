/** A result for people, independent of where it is shown (terminal, report, Markdown). */

/** Numbers stay numbers: the renderer chooses the digits. Null means no value. */
export type Cell = string | number | boolean | null;

export interface ViewColumn {
  readonly header: string;
  readonly align?: "left" | "right";
  /** If a string is too wide. Default: cut; "wrap": goes on below; "whole": never shortened, because people copy it. */
  readonly overflow?: "wrap" | "whole";
  /** Columns that may be dropped if the table is too wide; the smallest number goes first. */
  readonly leaveOut?: number;
}

export interface ViewTable {
  readonly title?: string;
  readonly columns: readonly (ViewColumn | string)[];
  readonly rows: readonly (readonly Cell[])[];
  /** A terminal shows only this number of rows, pipes and files all. */
  readonly most?: number;
}

/** A command's result. A pipe gets only the data: fields and tables. What is `false` is left out. */
export interface View {
  readonly title?: string;
  readonly fields?: readonly (readonly [label: string, value: Cell] | false)[];
  /** Those without rows are not shown. */
  readonly tables?: readonly ViewTable[];
  /** Remarks a reader should not miss; not part of the data. */
  readonly notes?: readonly (string | false)[];
  /** The next step, often a command: "run `mlctl score`". */
  readonly next?: string | false;
}

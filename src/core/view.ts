/** View: how a result reads to a person, before anyone decides where it is shown (terminal, report, Markdown). */

/** Numbers stay numbers: whoever shows them chooses the digits. Null is "nothing to tell". */
export type Cell = string | number | boolean | null;

export interface ViewColumn {
  readonly header: string;
  /** Numbers go right and the rest left where this is left out. */
  readonly align?: "left" | "right";
  /**
   * Where a text is wider than its column may be: it is cut where this is left out; "wrap" goes on in the next line;
   * "whole" is not touched, because it is copied.
   */
  readonly overflow?: "wrap" | "whole";
  /** May be left out where there is no room: of several, the smallest number first. */
  readonly leaveOut?: number;
}

export interface ViewTable {
  /** Only where a view has several. */
  readonly title?: string;
  readonly columns: readonly (ViewColumn | string)[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A command's result in words. In a pipe only the data is left: the first table, else the fields. */
export interface View {
  /** What happened, as one sentence: "trained 3 models on 26 rows". */
  readonly title?: string;
  readonly fields?: readonly (readonly [label: string, value: Cell])[];
  readonly tables?: readonly ViewTable[];
  /** Remarks a reader should not miss; they are no data. */
  readonly notes?: readonly string[];
  /** What to do now, often a command: "run `mlctl score`". */
  readonly next?: string;
}

/** Table: columns at rest in memory, before features; what `data` reads and `features` turn into a matrix. */

/** What a column holds. A *feature* is what it becomes after transforms. */
export type ColumnKind = "number" | "category" | "date";

/** Numbers; NaN is missing. */
export interface NumberColumn {
  readonly kind: "number";
  readonly name: string;
  readonly values: Float64Array;
}

/** Instants as milliseconds since 1970-01-01 UTC; NaN is missing. Dates without a zone are read as UTC. */
export interface DateColumn {
  readonly kind: "date";
  readonly name: string;
  readonly values: Float64Array;
}

/** Texts, each distinct one stored once: `categories[codes[row]]`; code −1 is missing. */
export interface CategoryColumn {
  readonly kind: "category";
  readonly name: string;
  readonly codes: Int32Array;
  readonly categories: readonly string[];
}

export type Column = NumberColumn | DateColumn | CategoryColumn;

/** Columns of one length with distinct names. */
export interface Table {
  readonly rowCount: number;
  readonly columns: readonly Column[];
}

/** Table: typed columns in memory. `data` reads it; `features` turn it into a matrix. */

/** Kind of an input column. After the transforms, columns are called features. */
export type ColumnKind = "number" | "category" | "date";

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

/** Dictionary-encoded strings: `categories[codes[row]]`; code −1 is missing. */
export interface CategoryColumn {
  readonly kind: "category";
  readonly name: string;
  readonly codes: Int32Array;
  readonly categories: readonly string[];
}

export type Column = NumberColumn | DateColumn | CategoryColumn;

/** Columns of equal length with distinct names. */
export interface Table {
  readonly rowCount: number;
  readonly columns: readonly Column[];
}

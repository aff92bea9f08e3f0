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

/**
 * Input of an estimator: row-major, (n_samples × n_features), `values[row * columnNames.length + column]`. NaN is
 * missing.
 */
export interface Matrix {
  readonly rowCount: number;
  readonly columnNames: readonly string[];
  /** Float32 for the training of families that do not use more, see `Estimator.needs`. */
  readonly values: Float64Array | Float32Array<ArrayBuffer>;
}

/** Codes are assigned in order of first appearance; null and undefined are missing (−1). */
export function categoryColumn(name: string, values: readonly (string | null | undefined)[]): CategoryColumn {
  const codeOf = new Map<string, number>();
  const codes = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null || value === undefined) {
      codes[i] = -1;
      continue;
    }
    let code = codeOf.get(value);
    if (code === undefined) {
      code = codeOf.size;
      codeOf.set(value, code);
    }
    codes[i] = code;
  }
  return { kind: "category", name, codes, categories: [...codeOf.keys()] };
}

/** Null if the value is missing; dates in ISO 8601, UTC. */
export function cellText(column: Column, row: number): string | null {
  if (column.kind === "category") {
    const code = column.codes[row]!;
    return code < 0 ? null : column.categories[code]!;
  }
  const value = column.values[row]!;
  if (Number.isNaN(value)) return null;
  return column.kind === "date" ? new Date(value).toISOString() : String(value);
}

export function presentCount(column: Column): number {
  let count = 0;
  // By index, because an iterator over millions of values takes several times as long.
  if (column.kind === "category") {
    const { codes } = column;
    for (let row = 0; row < codes.length; row++) if (codes[row]! >= 0) count++;
  } else {
    const { values } = column;
    for (let row = 0; row < values.length; row++) if (!Number.isNaN(values[row]!)) count++;
  }
  return count;
}

/** Looks a column up by name. */
export function findColumn(table: Table, name: string): Column | undefined {
  const find = (wanted: string): Column | undefined => table.columns.find((column) => column.name === wanted);
  // Names in files are composed; those of an old model may not be.
  return find(name) ?? find(name.normalize("NFC"));
}

/** In the given order; a position may repeat. Returns `table` itself if every row is selected in order. */
export function selectRows(table: Table, rows: ArrayLike<number>): Table {
  if (isEveryRow(table, rows)) return table;
  return { rowCount: rows.length, columns: table.columns.map((column) => selectColumn(column, rows)) };
}

function isEveryRow({ rowCount }: Table, rows: ArrayLike<number>): boolean {
  if (rows.length !== rowCount) return false;
  for (let i = 0; i < rowCount; i++) if (rows[i] !== i) return false;
  return true;
}

function selectColumn(column: Column, rows: ArrayLike<number>): Column {
  if (column.kind !== "category") return { ...column, values: selectValues(column.values, rows) };
  const codes = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) codes[i] = column.codes[rows[i]!]!;
  return { ...column, codes };
}

/** Like `Float64Array.from(rows, (row) => values[row])`, but ten times as fast. */
export function selectValues(values: Float64Array, rows: ArrayLike<number>): Float64Array {
  const selected = new Float64Array(rows.length);
  // A loop over one kind of array is several times faster.
  const positions = rows instanceof Int32Array ? rows : Int32Array.from(rows);
  for (let i = 0; i < selected.length; i++) selected[i] = values[positions[i]!]!;
  return selected;
}

/** Rows `start` to `end` (exclusive) as views of the same memory. */
export function sliceRows(table: Table, start: number, end: number): Table {
  const first = Math.min(Math.max(start, 0), table.rowCount);
  const last = Math.min(Math.max(end, first), table.rowCount);
  const slice = (column: Column): Column =>
    column.kind === "category"
      ? { ...column, codes: column.codes.subarray(first, last) }
      : { ...column, values: column.values.subarray(first, last) };
  return { rowCount: last - first, columns: table.columns.map(slice) };
}

export interface ColumnSpec {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly integer?: boolean;
  /** Numbers and dates (epoch milliseconds): the range in training; absent if all values were missing. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Categories in training, sorted; at most a thousand. `truncated`: there are more, as in free text. */
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

/** Inputs and target of a model, like in MLflow. Every row is checked against it. */
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
    /**
     * Set by `withMissing`, in no model file: `ingest.null_values` that the model was trained without. They are missing
     * in columns of numbers and dates, where they would be errors otherwise; text keeps its meaning.
     */
    readonly alsoMissing?: readonly string[];
  };
}

/** config.json has "regression" or "classification": two classes are binary, more are multiclass. */
export type Task = "regression" | "binary" | "multiclass";

/** The largest number in features and targets: XGBoost computes in float32, and squares of larger ones overflow. */
export const LARGEST_FLOAT32 = 3.4028234663852886e38;

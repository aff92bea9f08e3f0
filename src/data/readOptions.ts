/** Options for reading files: the part of `ingest` in config.json that affects reading. */
import type { DayMonthDates } from "../core/text/dayMonthDate.ts";

export interface ReadOptions {
  /** Convert column names to lower_snake_case. */
  readonly normalizeNames?: boolean;
  /** Strings that mean "missing"; default: the empty string. */
  readonly nullValues?: readonly string[];
  /** Types by column: number, category, date or a DuckDB type. */
  readonly types?: Readonly<Record<string, string>>;
  /** Path of the array in a JSON file: "rounds", "data.items". */
  readonly records?: string;
  /** Columns that may mix numbers and text: ids and dropped columns. */
  readonly textColumns?: readonly string[];
  /** Columns that are text whatever their values look like, because a model was trained on text. */
  readonly categoryColumns?: readonly string[];
  /** Columns that identify rows: kept as text unless they are plain integers. */
  readonly idColumns?: readonly string[];
  /** SQL expressions by new or replaced column, over the columns of the files; they cannot refer to each other. */
  readonly select?: Readonly<Record<string, string>>;
  /** SQL condition over the columns after `select`; rows for which it is not true are excluded. */
  readonly where?: string;
  /** Skip expressions in `select` and `where` that read a missing column, such as the target of unlabelled rows. */
  readonly lenient?: boolean;
}

/** Columns that may mix numbers and text. */
export function freeColumns({ textColumns = [], categoryColumns = [], types = {} }: ReadOptions): ReadonlySet<string> {
  return new Set([...textColumns, ...categoryColumns, ...Object.keys(types)]);
}

/** A file loaded into a table of the database. */
export interface LoadedFile {
  readonly path: string;
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly LoadedColumn[];
}

export interface LoadedColumn {
  readonly name: string;
  /** BIGINT, DOUBLE, DATE, TIMESTAMP, VARCHAR, or the type requested in `types`. */
  readonly type: string;
  /** No row has a value, so `type` is arbitrary. */
  readonly empty: boolean;
  /** An example, if the column is text only because numbers would lose digits. */
  readonly digits?: string;
  /** An example, if most values are numbers with a decimal comma. */
  readonly decimalComma?: string;
  /** Set if most values are dates with day and month in an unknown order. */
  readonly dayMonth?: DayMonthDates;
  /** The earliest date, if all are in the first century: the file probably has two-digit years. */
  readonly earlyYear?: string;
}

/** A CSV file with the options to read it the same way again. */
export interface CsvFile {
  readonly path: string;
  readonly gzip: boolean;
  readonly names: readonly string[];
  /** Options of read_csv, without types and names. */
  readonly dialect: string;
  /** Types that are set, not detected. */
  readonly fixedTypes: ReadonlyMap<string, string>;
  /** Columns that are text because numbers would lose digits, with an example. */
  readonly digits?: ReadonlyMap<string, string>;
}

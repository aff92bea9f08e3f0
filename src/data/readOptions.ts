/** How files become columns: the `ingest` part of config.json as far as reading goes. */
import type { DayMonthDates } from "../core/text/dayMonthDate.ts";

export interface ReadOptions {
  /** Column names in lower case with single underscores. */
  readonly normalizeNames?: boolean;
  /** Texts that mean "missing"; the empty one if left out. */
  readonly nullValues?: readonly string[];
  /** By column: number, category, date or a DuckDB type. */
  readonly types?: Readonly<Record<string, string>>;
  /** Path of the array in a JSON file: "rounds", "data.items". */
  readonly records?: string;
  /** Columns that may mix numbers and text: ids and columns that are dropped anyway. */
  readonly textColumns?: readonly string[];
  /** New or replaced columns as SQL over the columns of the files; none may refer to another one. */
  readonly select?: Readonly<Record<string, string>>;
  /** SQL condition over the columns after `select`; rows for which it is not true are left out. */
  readonly where?: string;
  /** Of `select` and `where`, what reads a column that no file has is left out: rows to look at may lack the target. */
  readonly lenient?: boolean;
}

/** What a file became in the database. */
export interface LoadedFile {
  readonly path: string;
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly LoadedColumn[];
}

export interface LoadedColumn {
  readonly name: string;
  /** BIGINT, DOUBLE, DATE, TIMESTAMP, VARCHAR, or what `types` asks for. */
  readonly type: string;
  /** No row has a value, so the type says nothing. */
  readonly empty: boolean;
  /** One of its values, where most are numbers with a decimal comma. */
  readonly decimalComma?: string;
  /** Where most values are dates of which one cannot tell the day from the month by itself. */
  readonly dayMonth?: DayMonthDates;
  /** One of its dates, where all are of the first century: the file will have years of two digits. */
  readonly earlyYear?: string;
}

/** A delimited text file with all that is needed to read it the same way again. */
export interface CsvFile {
  readonly path: string;
  readonly gzip: boolean;
  readonly names: readonly string[];
  /** Options of read_csv without types and names. */
  readonly dialect: string;
  /** Types that are not detected. */
  readonly fixedTypes: ReadonlyMap<string, string>;
}

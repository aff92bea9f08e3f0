/** Options for reading files: the part of `ingest` in config.json that affects reading. */
import type { DayMonthDates } from "../core/text/dayMonthDate.ts";

/** The settings of `ingest` that say how CSV is read; what is absent is detected. */
export interface CsvSettings {
  readonly delimiter?: string | undefined;
  /** Default: `"`. Empty: no character quotes. */
  readonly quote?: string | undefined;
  readonly encoding?: string | undefined;
  /** Number of lines before the header. */
  readonly skipLines?: number | undefined;
  /** Remove blanks around unquoted cells and names of columns; default true. */
  readonly trim?: boolean | undefined;
}

export interface ReadOptions {
  readonly csv?: CsvSettings;
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
  /** SQL expressions by new or replaced column, over the columns of the files; they cannot refer to each other. */
  readonly select?: Readonly<Record<string, string>>;
  /** SQL condition over the columns after `select`; rows for which it is not true are excluded. */
  readonly where?: string;
  /** Skip expressions in `select` and `where` that read a missing column, such as the target of unlabelled rows. */
  readonly lenient?: boolean;
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
  /** An example, if most values are numbers with a decimal comma. */
  readonly decimalComma?: string;
  /** Set if most values are dates with day and month in an unknown order. */
  readonly dayMonth?: DayMonthDates;
  /** The earliest date, if all are in the first century: the file probably has two-digit years. */
  readonly earlyYear?: string;
}

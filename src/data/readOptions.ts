/** Options for reading files: the part of `ingest` in config.json that affects reading. */
import type { Decimal } from "../core/text/valueFormat.ts";

/** The settings of `ingest` that say how CSV is read; what is absent is detected. */
export interface CsvSettings {
  readonly delimiter?: string | undefined;
  readonly quote?: string | undefined;
  readonly encoding?: string | undefined;
  readonly skipLines?: number | undefined;
  /** Of the columns of files without a header; "guess": column_1, column_2, … if the first record looks like a row, and a_2 for the second a. */
  readonly names?: readonly string[] | "guess" | undefined;
  /** One of `names` that a file may lack: the target of rows to predict. */
  readonly optional?: string | undefined;
  /** Remove blanks around unquoted cells and names of columns; default true. */
  readonly trim?: boolean | undefined;
}

export interface ReadOptions {
  readonly csv?: CsvSettings;
  /** Convert column names to lower_snake_case. */
  readonly normalizeNames?: boolean;
  /** Strings that mean "missing" in any column; default: the empty string. */
  readonly nullValues?: readonly string[];
  /** Types by column: number, category, date, a format such as "1.234,5" or "%d.%m.%Y", or a DuckDB type. */
  readonly types?: Readonly<Record<string, string>>;
  /** Decimal separator of numbers that can be read in two ways. */
  readonly decimal?: Decimal;
  /** Thousands separator of numbers that can be read in two ways. */
  readonly thousands?: string;
  /** Formats by column, as recorded by a model: nothing else is recognised. Default: found in the files. */
  readonly formats?: Readonly<Record<string, string>>;
  readonly records?: string;
  /** Columns that may mix numbers and text: ids and dropped columns. */
  readonly textColumns?: readonly string[];
  /** Columns that are text even if their values look like numbers, because a model was trained on text. */
  readonly categoryColumns?: readonly string[];
  /** Columns that identify rows: kept as text unless they are plain integers. */
  readonly idColumns?: readonly string[];
  /** SQL expressions by new or replaced column, over the columns of the files; they cannot refer to each other. */
  readonly select?: Readonly<Record<string, string>>;
  readonly where?: string;
  /** Skip expressions in `select` and `where` that read a missing column, such as the target of unlabelled rows. */
  readonly lenient?: boolean;
}

export function freeColumns({ textColumns = [], categoryColumns = [], types = {} }: ReadOptions): ReadonlySet<string> {
  return new Set([...textColumns, ...categoryColumns, ...Object.keys(types)]);
}

/** A file loaded into a table of the database. */
export interface LoadedFile {
  readonly path: string;
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly LoadedColumn[];
  readonly delimiter?: string;
}

export interface LoadedColumn {
  readonly name: string;
  /** BIGINT, DOUBLE, DATE, TIMESTAMP, VARCHAR, or the type requested in `types`. */
  readonly type: string;
  /** No row has a value, so `type` is arbitrary. */
  readonly empty: boolean;
  /** SQL that converts the text of the column to `type`, if the table still has the text. */
  readonly sql?: string;
  readonly text?: TextFacts;
}

export interface TextFacts {
  /** A value, the first that is not a plain number. */
  readonly example: string;
  /** A time with an offset from UTC. */
  readonly offset?: string;
  /** Ids of the formats in which every value can be read, if they are not missing markers. */
  readonly formats: readonly string[];
  readonly plain?: "BIGINT" | "DOUBLE" | "TIMESTAMP";
  /** Some dates have a time of day. */
  readonly hasTime?: boolean;
  readonly markers: readonly string[];
  /** Set if a comma or point may be the decimal or the thousands separator. */
  readonly separators?: {
    readonly character: "," | "." | null;
    readonly example: string;
    /** Integers without a separator are all shorter than four digits. */
    readonly isGrouped: boolean;
  };
  /** Set to a value if SQL of the configuration reads the column, which therefore stays text. */
  readonly raw?: string;
  readonly zone?: string;
  /** A value that a number would change, among numbers: with leading zeros, or more digits than a double holds. */
  readonly code?: string;
  /** Most values are numbers or dates. */
  readonly mixed?: MixedFacts;
}

export interface MixedFacts extends OddValues {
  readonly kind: "number" | "date";
  /** How most are written; undefined: plainly. */
  readonly format: string | undefined;
  /** So few cells are odd that they may be mistakes: `words` has all of their values, else the first. */
  readonly isFew: boolean;
  /** The odd cells are one or two repeated words, which most likely stand for missing values. */
  readonly areMissing: boolean;
}

export interface OddValues {
  /** The first different values, at most five and one more. */
  readonly words: readonly string[];
  /** Number of cells. */
  readonly count: number;
}

/** Facts of a column that is text because numbers would lose digits, as those of `code`. */
export function codeFacts(code: string): TextFacts {
  return { example: code, formats: [], markers: [], code };
}

/** Error in one input file: the file is rejected, the others are still read. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
  /** First invalid line, from 1, if the format has lines. */
  readonly line: number | undefined;
  readonly hint: string | undefined;

  constructor(reason: string, options: { line?: number | undefined; hint?: string | undefined } = {}) {
    super(reason);
    this.line = options.line;
    this.hint = options.hint;
  }
}

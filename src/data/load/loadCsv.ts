/** Loads one delimited text file into a table of the database. */
import { columnNames } from "../columnNames.ts";
import { kindOf, requestedType } from "../duckdb/columnTypes.ts";
import { sniffDelimiter, splitRecord } from "../csv/csvHeader.ts";
import type { Database } from "../duckdb/duckdb.ts";
import { explainCsv } from "./explainCsv.ts";
import type { TextFile } from "./inspectText.ts";
import { inspectText } from "./inspectText.ts";
import type { CsvFile, ReadOptions } from "../readOptions.ts";
import { fileLiteral, identifier, literal, literalList, literalStruct } from "../duckdb/sql.ts";
import { UnreadableFile } from "../unreadableFile.ts";

/** Truth values and times of day stay text: "True" must be "True" again when a row to predict says so. */
const TYPES_TRIED = ["BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "VARCHAR"];
/**
 * Other forms stay text: 11-01-2023 has two readings, and a row to predict has no file to guess from. Times with a zone
 * or a fraction are recognised once the file is loaded.
 */
const DATE_FORMS = "dateformat = '%Y-%m-%d', timestampformat = '%Y-%m-%d %H:%M:%S'";
/** Stands for "no text means missing": DuckDB wants one marker at least, and a NUL byte never gets this far. */
const NO_MARKER = "\u0001mlctl\u0001";

/**
 * @param path its name decides only whether a tab in the header is the delimiter (.tsv)
 * @throws {UnreadableFile} with the first line at fault
 */
export async function loadCsv(database: Database, path: string, table: string, options: ReadOptions): Promise<CsvFile> {
  const text = await inspectText(path, database.folder);
  const file = csvFile(text, path, options);
  const create = (sample: number): Promise<void> =>
    database.run(`CREATE OR REPLACE TABLE ${identifier(table)} AS SELECT * FROM ${detecting(file, sample)}`);
  try {
    await create(20_480);
  } catch {
    // A type detected in the first rows did not hold; now all rows are looked at.
    await create(-1).catch(async (error: unknown) => {
      throw (await explainCsv(database, file, file.fixedTypes)) ?? unexplained(error);
    });
  }
  return file;
}

function csvFile(text: TextFile, path: string, options: ReadOptions): CsvFile {
  const delimiter = sniffDelimiter(text.header, path);
  const names = columnNames(splitRecord(text.header, delimiter), options.normalizeNames ?? false);
  const nullValues = options.nullValues ?? [""];
  const dialect = [
    `delim = ${literal(delimiter)}, quote = '"', escape = '"', header = true, skip = 0, comment = ''`,
    `nullstr = ${literalList(nullValues.length === 0 ? [NO_MARKER] : nullValues)}`,
    `compression = ${text.gzip ? "'gzip'" : "'none'"}`,
    // A line may be as long as a table of 10,000 columns needs.
    `max_line_size = ${Math.max(2 << 20, text.header.length * 8)}`,
  ].join(", ");
  const fixed = Object.entries(options.types ?? {}).filter(([name]) => names.includes(name));
  const fixedTypes = new Map(
    fixed.map(([name, type]) => {
      const wanted = requestedType(name, type);
      // Dates asked for may have any ISO form, which a cast takes and the reader's one form does not.
      return [name, kindOf(wanted) === "date" ? "VARCHAR" : wanted] as const;
    }),
  );
  return { path: text.path, gzip: text.gzip, names, dialect, fixedTypes };
}

function detecting(file: CsvFile, sample: number): string {
  const types = file.fixedTypes.size === 0 ? "" : `, types = ${literalStruct(file.fixedTypes)}`;
  const tried = `auto_type_candidates = ${literalList(TYPES_TRIED)}, sample_size = ${sample}, ${DATE_FORMS}`;
  return `read_csv(${fileLiteral(file.path)}, ${file.dialect}, names = ${literalList(file.names)}, ${tried}${types})`;
}

function unexplained(error: unknown): UnreadableFile {
  const message = error instanceof Error ? error.message : String(error);
  const line = /on Line: (\d+)/.exec(message)?.[1];
  return new UnreadableFile(message.split("\n")[0]!, { line: line === undefined ? undefined : Number(line) });
}

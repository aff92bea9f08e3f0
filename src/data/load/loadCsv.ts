/** Loads one CSV file into a table of the database. */
import { kindOf, requestedType } from "../duckdb/columnTypes.ts";
import type { Database } from "../duckdb/duckdb.ts";
import { explainCsv } from "./explainCsv.ts";
import { inspectCsv, type CsvFile, type InspectedCsv } from "./inspectCsv.ts";
import type { ReadOptions } from "../readOptions.ts";
import { fileLiteral, identifier, literal, literalList, literalStruct } from "../duckdb/sql.ts";

/** Booleans and times of day stay text, so that "True" in training equals "True" in a row to predict. */
const TYPES_TRIED = ["BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "VARCHAR"];
/**
 * Other formats stay text: 11-01-2023 is ambiguous, and a single row to predict has no other rows to infer the order
 * from. Times with a zone or a fraction are recognised after loading.
 */
const DATE_FORMATS = "dateformat = '%Y-%m-%d', timestampformat = '%Y-%m-%d %H:%M:%S'";
/** Used if no string means missing, since DuckDB needs at least one marker; no file contains this one by accident. */
const NO_MARKER = "\u0001mlctl\u0001";

/**
 * @param path the extension .tsv makes a tab in the header the delimiter
 * @throws {UnreadableFile} with the first invalid lines
 */
export async function loadCsv(database: Database, path: string, table: string, options: ReadOptions): Promise<CsvFile> {
  const file = csvFile(await inspectCsv(path, database.folder, options), options);
  const create = (sample: number): Promise<void> =>
    database.run(`CREATE OR REPLACE TABLE ${identifier(table)} AS SELECT * FROM ${detecting(file, sample)}`);
  try {
    await create(20_480);
  } catch {
    // A later row does not have the type detected in the first rows: detect types from all rows.
    await create(-1).catch(async (error: unknown) => {
      throw await explainCsv(database, file, asText(file), error);
    });
  }
  return file;
}

function csvFile(inspected: InspectedCsv, options: ReadOptions): CsvFile {
  const { delimiter, lineEnd, gzip, names, columns } = inspected;
  const nullValues = options.nullValues ?? [""];
  const newLine = lineEnd === "\n" ? "\\n" : "\\r\\n";
  const dialect = [
    `delim = ${literal(delimiter)}, quote = '"', escape = '"', new_line = '${newLine}', header = true, skip = 0, comment = ''`,
    `nullstr = ${literalList(nullValues.length === 0 ? [NO_MARKER] : nullValues)}`,
    `compression = ${gzip ? "'gzip'" : "'none'"}`,
    // Leaves room for tables with 10,000 columns.
    `max_line_size = ${Math.max(2 << 20, names.join("").length * 8)}`,
  ].join(", ");
  const fixed = Object.entries(options.types ?? {}).filter(([name]) => columns.includes(name));
  const fixedTypes = new Map(
    fixed.map(([name, type]) => {
      const wanted = requestedType(name, type);
      // Requested dates may have any ISO format: a later cast accepts all of them, the CSV reader only one.
      return [name, kindOf(wanted) === "date" ? "VARCHAR" : wanted] as const;
    }),
  );
  return { ...inspected, dialect, fixedTypes };
}

function detecting(file: CsvFile, sample: number): string {
  const types = file.fixedTypes.size === 0 ? "" : `, types = ${literalStruct(file.fixedTypes)}`;
  const tried = `auto_type_candidates = ${literalList(TYPES_TRIED)}, sample_size = ${sample}, ${DATE_FORMATS}`;
  return `read_csv(${fileLiteral(file.path)}, ${file.dialect}, names = ${literalList(file.columns)}, ${tried}${types})`;
}

/** SQL that reads all columns as text. */
function asText(file: CsvFile): string {
  const columns = literalStruct(file.columns.map((name) => [name, "VARCHAR"] as const));
  return `read_csv(${fileLiteral(file.path)}, ${file.dialect}, auto_detect = false, columns = ${columns})`;
}

/** Loads one CSV file into a table of the database. */
import { MlctlError } from "../../core/errors.ts";
import { isOwnType, requestedType } from "../duckdb/columnTypes.ts";
import type { Database } from "../duckdb/duckdb.ts";
import { hasCodes } from "./codeScan.ts";
import { explainCsv } from "./explainCsv.ts";
import { inspectCsv, type CsvFile, type InspectedCsv } from "./inspectCsv.ts";
import type { ReadOptions } from "../readOptions.ts";
import { textNumbers } from "./textNumbers.ts";
import { fileLiteral, identifier, literal, literalList, literalStruct } from "../duckdb/sql.ts";

/** Booleans and times of day stay text, so that "True" in training equals "True" in a row to predict. */
const TYPES_TRIED = ["BIGINT", "DOUBLE", "DATE", "TIMESTAMP", "VARCHAR"];
/**
 * Other formats stay text: 11-01-2023 is ambiguous, and a single row to predict has no other rows to infer the order
 * from. Times with a zone or a fraction are recognised after loading.
 */
const DATE_FORMATS = "dateformat = '%Y-%m-%d', timestampformat = '%Y-%m-%d %H:%M:%S'";
/**
 * @param path the extension .tsv makes a tab in the header the delimiter
 * @throws {UnreadableFile} with the first invalid lines
 */
export async function loadCsv(database: Database, path: string, table: string, options: ReadOptions): Promise<CsvFile> {
  const file = csvFile(await inspectCsv(path, database.folder, options), options);
  const [codes] = await Promise.all([hasCodes(file), detectTypes(database, table, file)]);
  const texts = await textNumbers(database, { table, file, hasCodes: codes }, options);
  if (texts.length === 0) return file;
  const asTexts = texts.map((name) => [name, "VARCHAR"] as const);
  const again = { ...file, fixedTypes: new Map([...file.fixedTypes, ...asTexts]) };
  await detectTypes(database, table, again);
  return again;
}

async function detectTypes(database: Database, table: string, file: CsvFile): Promise<void> {
  const create = (sample: number): Promise<void> =>
    database.run(`CREATE OR REPLACE TABLE ${identifier(table)} AS SELECT * FROM ${detecting(file, sample)}`);
  try {
    await create(20_480);
  } catch {
    // A later row does not have the type detected in the first rows: detect types from all rows.
    await create(-1).catch(async (error: unknown) => {
      if (error instanceof MlctlError) throw error;
      throw await explainCsv(database, file, error);
    });
  }
}

function csvFile(inspected: InspectedCsv, options: ReadOptions): CsvFile {
  const { delimiter, lineEnd, gzip, names, columns } = inspected;
  const nulls = `nullstr = ${literalList([...new Set(["", ...(options.nullValues ?? [])])])}`;
  const newLine = lineEnd === "\n" ? "\\n" : "\\r\\n";
  const dialect = [
    `delim = ${literal(delimiter)}, quote = '"', escape = '"', new_line = '${newLine}', header = true, skip = 0, comment = ''`,
    `compression = ${gzip ? "'gzip'" : "'none'"}`,
    // Leaves room for tables with 10,000 columns.
    `max_line_size = ${Math.max(2 << 20, names.join("").length * 8)}`,
  ].join(", ");
  const fixed = Object.entries(options.types ?? {}).filter(([name]) => columns.includes(name));
  const texts = [...(options.categoryColumns ?? []), ...Object.keys(options.formats ?? {})];
  const fixedTypes = new Map([
    ...texts.filter((name) => columns.includes(name)).map((name) => [name, "VARCHAR"] as const),
    ...fixed.map(([name, type]) => {
      // The CSV reader knows one form of numbers and dates; what `textFacts` finds later may have any.
      return [name, isOwnType(type) ? "VARCHAR" : requestedType(name, type)] as const;
    }),
  ]);
  return { ...inspected, dialect, nulls, fixedTypes };
}

function detecting(file: CsvFile, sample: number): string {
  const types = file.fixedTypes.size === 0 ? "" : `, types = ${literalStruct(file.fixedTypes)}`;
  const tried = `auto_type_candidates = ${literalList(TYPES_TRIED)}, sample_size = ${sample}, ${DATE_FORMATS}`;
  return `read_csv(${fileLiteral(file.path)}, ${file.dialect}, ${file.nulls}, names = ${literalList(file.columns)}, ${tried}${types})`;
}

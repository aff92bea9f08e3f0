/** Reads files into a table: a dataset that mlctl wrote, or input files the way ingest reads them. */
import { atLine } from "../../core/text/format.ts";
import type { DatasetColumn } from "../../core/records/lineage.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Table, Column, ColumnKind } from "../../core/table/table.ts";
import { composed } from "../columnNames.ts";
import { kindOf, storedExpression } from "../duckdb/columnTypes.ts";
import { withDatabase, type Database, identifier } from "../duckdb/duckdb.ts";
import { damaged, datasetReader } from "../load/loadPrevious.ts";
import { readPlainCsv } from "../csv/readPlainCsv.ts";
import { stageFiles, type RejectedInput, type Staged, type StageOptions } from "./stageFiles.ts";

/**
 * Reads a dataset that mlctl wrote, with the types in its record.
 * @param rowCount as recorded
 * @throws {MlctlError} kind "data" if the file differs from what mlctl wrote
 */
export async function readDataset(path: string, recorded: readonly DatasetColumn[], rowCount: number): Promise<Table> {
  const columns = recorded.map(({ name, type }) => ({ name: composed(name), type }));
  const expected = columns.map(({ name, type }) => ({ name, kind: kindOf(type) }));
  const isRounded = columns.some(({ type }) => type.startsWith("DECIMAL"));
  const plain = isRounded ? null : await readPlainCsv(path, {}, expected);
  if (plain !== null) return plain;
  return withDatabase(async (database) => {
    try {
      return await tableFromQuery(database, `SELECT * FROM ${datasetReader(path, columns)}`, rowCount);
    } catch (error) {
      throw damaged(path, error);
    }
  });
}

/**
 * Reads input files the way ingest reads them, in the order of their paths, with duplicates.
 * @param onRejected called for each file that cannot be read; the others are read
 * @throws {MlctlError} kind "data" if none of them can be read; without `onRejected`, if one cannot
 */
export async function readTable(
  paths: readonly string[],
  options: Omit<StageOptions, "writes" | "previous"> = {},
  onRejected?: (file: RejectedInput) => void,
): Promise<Table & Pick<Staged, "files" | "notes" | "textNotes">> {
  const plain = paths.length === 1 ? await readPlainCsv(paths[0]!, options) : null;
  if (plain !== null) return { ...plain, files: [{ path: paths[0]!, rows: plain.rowCount }], notes: [], textNotes: [] };
  return withDatabase(async (database) => {
    const { files, notes, textNotes, rejected } = await stageFiles(database, paths.toSorted(), options);
    const { nameOf = (path) => path } = options;
    const named = rejected.map((file) => ({ ...file, path: nameOf(file.path) }));
    if (onRejected !== undefined) named.forEach(onRejected);
    if (named.length > 0 && (onRejected === undefined || files.length === 0)) throw rejectionError(named);
    if (files.length === 0) throw new MlctlError("data", "no files to read");
    const rowCount = Number((await database.rows("SELECT count(*) FROM result"))[0]![0]);
    return { ...(await tableFromQuery(database, "SELECT * FROM result", rowCount)), files, notes, textNotes };
  });
}

export function rejectionError(rejected: readonly RejectedInput[]): MlctlError {
  const details = rejected.map(({ path, line, reason }) => atLine(path, line, reason));
  const hint = rejected[0]?.hint ?? (rejected.length === 1 ? "correct the file or remove it" : "correct the files");
  return new MlctlError("data", details[0]!, { hint, details: details.length > 1 ? details : [] });
}

/** Streams the result of a query into a table: needs memory for it and one chunk of 2,048 rows. */
async function tableFromQuery(database: Database, query: string, rowCount: number): Promise<Table> {
  const described = await database.describe(query);
  const columns = described.map(({ name, type }) => emptyColumn(name, kindOf(type), rowCount));
  const codesOf = columns.map(() => new Map<string, number>());
  const expressions = described.map(({ name, type }) => readable(name, type));
  let length = 0;
  await database.stream(`SELECT ${expressions.join(", ")} FROM (${query})`, (chunk) => {
    if (length + chunk.rowCount > rowCount) throw new RangeError(`more than ${rowCount} rows`);
    for (const [position, column] of columns.entries()) {
      if (column.kind === "category") addCodes(column.codes, length, chunk.strings(position), codesOf[position]!);
      else column.values.set(chunk.numbers(position).subarray(0, chunk.rowCount), length);
    }
    length += chunk.rowCount;
  });
  if (length < rowCount) throw new RangeError(`${length} rows, not ${rowCount}`);
  const complete = columns.map((column, position) =>
    column.kind === "category" ? { ...column, categories: [...codesOf[position]!.keys()] } : column,
  );
  return { rowCount, columns: complete };
}

/** SQL for a column as `Chunk` reads it: numbers and epoch milliseconds as DOUBLE (NaN for NULL), all else as VARCHAR. */
function readable(name: string, type: string): string {
  const kind = kindOf(type);
  if (kind === "category") return storedExpression(name, type);
  const value = kind === "number" ? identifier(name) : `epoch_us(CAST(${identifier(name)} AS TIMESTAMP)) / 1000.0`;
  return `coalesce(CAST(${value} AS DOUBLE), 'NaN'::DOUBLE)`;
}

function emptyColumn(name: string, kind: ColumnKind, rowCount: number): Column {
  if (kind === "category") return { kind, name, codes: new Int32Array(rowCount), categories: [] };
  return { kind, name, values: new Float64Array(rowCount) };
}

/** Codes are numbered by first appearance. */
function addCodes(
  codes: Int32Array,
  start: number,
  values: readonly (string | null)[],
  codeOf: Map<string, number>,
): void {
  let at = start;
  for (const value of values) {
    let code = value === null ? -1 : codeOf.get(value);
    if (code === undefined) codeOf.set(value!, (code = codeOf.size));
    codes[at++] = code;
  }
}

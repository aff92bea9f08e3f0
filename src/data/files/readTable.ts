/** Reads files into a table: a dataset that mlctl wrote, or input files the way ingest reads them. */
import { atLine } from "../../core/text/atLine.ts";
import type { DatasetColumn } from "../../core/records/dataset.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Table } from "../../core/table/table.ts";
import { composed } from "../columnNames.ts";
import { kindOf } from "../duckdb/columnTypes.ts";
import { withDatabase } from "../duckdb/duckdb.ts";
import { damaged, datasetReader } from "../load/loadPrevious.ts";
import { readPlainCsv } from "../csv/readPlainCsv.ts";
import { stageFiles, type Staged, type StageOptions } from "./stageFiles.ts";
import { tableFromQuery, tableFromStored } from "../duckdb/tableFromQuery.ts";

/**
 * Reads a dataset that mlctl wrote, with the types in its record.
 * @param rowCount as recorded: allocates columns of the right length, which avoids copying them at the end
 * @throws {MlctlError} kind "data" if the file differs from what mlctl wrote
 */
export async function readDataset(path: string, recorded: readonly DatasetColumn[], rowCount?: number): Promise<Table> {
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
 * @throws {MlctlError} kind "data" if one of them cannot be read
 */
export async function readTable(
  paths: readonly string[],
  options: Omit<StageOptions, "writes" | "previous"> = {},
): Promise<Table & Pick<Staged, "files" | "notes" | "csvNotes">> {
  const plain = paths.length === 1 ? await readPlainCsv(paths[0]!, options) : null;
  if (plain !== null) return { ...plain, files: [{ path: paths[0]!, rows: plain.rowCount }], notes: [], csvNotes: [] };
  return withDatabase(async (database) => {
    const { files, notes, csvNotes, rejected } = await stageFiles(database, paths.toSorted(), options);
    const first = rejected[0];
    if (first !== undefined) {
      const { nameOf = (path) => path } = options;
      const details = rejected.map(({ path, line, reason }) => atLine(nameOf(path), line, reason));
      const hint = first.hint ?? (rejected.length === 1 ? "correct the file or remove it" : "correct the files");
      throw new MlctlError("data", details[0]!, { hint, details: details.length > 1 ? details : [] });
    }
    if (files.length === 0) throw new MlctlError("data", "no files to read");
    return { ...(await tableFromStored(database, "result")), files, notes, csvNotes };
  });
}

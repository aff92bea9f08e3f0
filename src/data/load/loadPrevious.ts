/** Loads a dataset that mlctl wrote, with its recorded types. */
import type { DatasetColumn } from "../../core/records/lineage.ts";
import { MlctlError } from "../../core/errors.ts";
import { composed } from "../columnNames.ts";
import { type Database, fileLiteral, firstLine, literalStruct } from "../duckdb/duckdb.ts";
import type { LoadedColumn } from "../readOptions.ts";

/** SQL table function that reads a dataset as mlctl wrote it: an empty field is missing, `""` is an empty string. */
export function datasetReader(path: string, columns: readonly DatasetColumn[]): string {
  const types = literalStruct(columns.map(({ name, type }) => [name, type] as const));
  const width = columns.reduce((sum, { name }) => sum + name.length + 20, 0);
  return `read_csv(${fileLiteral(path)}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, max_line_size = ${Math.max(16 << 20, width * 8)}, columns = ${types})`;
}

export async function loadPrevious(
  database: Database,
  { path, columns: recorded }: { readonly path: string; readonly columns: readonly DatasetColumn[] },
): Promise<readonly LoadedColumn[]> {
  const dataset = { path, columns: recorded.map(({ name, type }) => ({ name: composed(name), type })) };
  try {
    await database.run(`CREATE TABLE previous AS SELECT * FROM ${datasetReader(dataset.path, dataset.columns)}`);
  } catch (error) {
    throw damaged(dataset.path, error);
  }
  return dataset.columns.map(({ name, type }) => ({ name, type, empty: false }));
}

/** An MlctlError stays as it is: it says why reading was stopped. */
export function damaged(path: string, error: unknown): MlctlError {
  if (error instanceof MlctlError) return error;
  const message = `${path} is not the dataset that mlctl wrote: ${firstLine(error)}`;
  return new MlctlError("data", message, { cause: error, hint: "run `mlctl ingest` again" });
}

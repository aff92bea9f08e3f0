/** Brings the rows of files into the model's shape; errors name the line, as in `predict`. */
import { basename } from "node:path";
import type { Signature } from "../../core/table/signature.ts";
import type { Table } from "../../core/table/table.ts";
import { conformTable } from "../../pipeline/rows/conformTable.ts";
import { fromRecordPath } from "../../storage/files/workspacePaths.ts";
import { fileRows } from "./fileRows.ts";
import type { Session } from "../session.ts";
import type { TestData } from "../testData.ts";

/** @throws {MlctlError} kind "data" naming every column that is missing or of another kind */
export async function conformRows(session: Session, { table, files }: TestData, signature: Signature): Promise<Table> {
  const bad = new Set<number>();
  try {
    return conformTable(table, signature, (row) => {
      bad.add(row);
      return `data row ${row + 1}`;
    });
  } catch (error) {
    const [file, another] = files;
    if (bad.size === 0 || file === undefined || another !== undefined) throw error;
    const path = fromRecordPath(session.paths.workspace, file.path);
    const lineOf = await linesOf(session, path, signature).catch(() => []);
    // `ingest.where` may have left rows out; then the lines belong to other rows.
    if (lineOf.length !== table.rowCount) throw error;
    return conformTable(table, signature, (row) => `line ${lineOf[row]}`);
  }
}

/** Read only for an error: blank lines and line breaks within quotes make line numbers differ from row numbers. */
async function linesOf({ config }: Session, path: string, signature: Signature): Promise<number[]> {
  const lines: number[] = [];
  for await (const { rows } of fileRows({ path, name: basename(path) }, signature, config))
    for (const { line } of rows) lines.push(line);
  return lines;
}

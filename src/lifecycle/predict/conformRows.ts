/** Rows of files in the shape of a model; a value that does not fit is told by its line, as `predict` tells it. */
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
    // `ingest.where` leaves rows out: then the count says that the lines are of other rows.
    if (lineOf.length !== table.rowCount) throw error;
    return conformTable(table, signature, (row) => `line ${lineOf[row]}`);
  }
}

/** Only looked up where there is something to tell: blank lines and breaks within quotes make them differ from the rows. */
async function linesOf({ config }: Session, path: string, signature: Signature): Promise<number[]> {
  const lines: number[] = [];
  for await (const { rows } of fileRows({ path, name: basename(path) }, signature, config))
    for (const { line } of rows) lines.push(line);
  return lines;
}

/** Brings the rows of files that the user named into the model's shape; errors name line and file, as in `predict`. */
import { basename } from "node:path";
import type { Signature } from "../../core/table/signature.ts";
import type { Table } from "../../core/table/table.ts";
import { conformTable } from "../../pipeline/rows/conformTable.ts";
import { fromRecordPath } from "../../storage/files/workspacePaths.ts";
import type { Session } from "../session.ts";
import type { TestData } from "../testData.ts";
import { fileRows } from "./fileRows.ts";

const dataRow = (row: number): string => `data row ${row + 1}`;

/**
 * @param placesOf see rowPlaces; called for an error only
 * @throws {MlctlError} kind "data" naming every column that is missing or of another kind
 */
export async function conformAsked(
  { table }: Pick<TestData, "table">,
  signature: Signature,
  placesOf: () => Promise<(row: number) => string>,
): Promise<Table> {
  let hasBadRow = false;
  try {
    return conformTable(table, signature, (row) => {
      hasBadRow = true;
      return dataRow(row);
    });
  } catch (error) {
    if (!hasBadRow) throw error;
    return conformTable(table, signature, await placesOf());
  }
}

/**
 * Names rows by line and file. Reads the files again, as blank lines and line breaks within quotes make line numbers
 * differ from row numbers.
 */
export async function rowPlaces(
  { paths, config }: Session,
  { table, files }: TestData,
  signature: Signature,
): Promise<(row: number) => string> {
  const places: string[] = [];
  try {
    for (const { path: shown } of files) {
      const path = fromRecordPath(paths.workspace, shown);
      for await (const { rows } of fileRows({ path, name: basename(path) }, { signature }, config))
        for (const { line } of rows) places.push(`line ${line} of ${shown}`);
    }
  } catch {
    return dataRow;
  }
  // `ingest.where` may have left rows out; then the lines belong to other rows.
  return places.length === table.rowCount ? (row) => places[row]! : dataRow;
}

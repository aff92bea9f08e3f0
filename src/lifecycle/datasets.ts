/** Datasets of a workspace: which one is the newest, and its rows as they were written. */
import type { Dataset } from "../core/records/dataset.ts";
import { MlctlError } from "../core/errors.ts";
import type { Table } from "../core/table/table.ts";
import { readDataset as readDatasetFile } from "../data/files/readTable.ts";
import { sha256File } from "../storage/files/sha256.ts";
import { fromRecordPath } from "../storage/files/workspacePaths.ts";
import type { Session } from "./session.ts";
import type { Workspace } from "./workspace.ts";

/** @throws {MlctlError} kind "notReady" when nothing was ingested yet */
export function latestDataset({ config, context, store }: Session, stage: string): Dataset {
  const dataset = store.latestDataset(config.input_folder_path);
  if (dataset === undefined) {
    throw new MlctlError("notReady", `nothing was ingested from ${config.input_folder_path} yet`, {
      hint: "mlctl ingest",
    });
  }
  context.emit({ type: "stage", stage, message: `reading ${dataset.artifact.path} (${dataset.rows} rows)` });
  return dataset;
}

/** The rows of a dataset as they were written. @throws {MlctlError} kind "data" where the file is gone or changed */
export async function readDataset({ paths, tables }: Workspace, dataset: Dataset): Promise<Table> {
  const path = fromRecordPath(paths.workspace, dataset.artifact.path);
  const hint = "restore it, or ingest again: mlctl ingest --force";
  // Read while its hash is made; what the hash says comes first.
  const read = (): Promise<Table> => readDatasetFile(path, dataset.columns, dataset.rows);
  const [sha256, table] = await Promise.allSettled([
    sha256File(path),
    tables === undefined ? read() : tables.of([path], dataset.columns, read),
  ]);
  if (sha256.status === "rejected")
    throw new MlctlError("data", `${dataset.artifact.path} cannot be read`, { hint, cause: sha256.reason });
  if (sha256.value !== dataset.artifact.sha256)
    throw new MlctlError("data", `${dataset.artifact.path} is not the file that was ingested: its hash differs`, {
      hint,
    });
  if (table.status === "rejected") throw table.reason;
  return table.value;
}

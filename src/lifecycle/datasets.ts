/** Finds the newest dataset of a workspace and reads its rows. */
import { join } from "node:path";
import { counted } from "../core/text/format.ts";
import type { Dataset } from "../core/records/lineage.ts";
import { MlctlError } from "../core/errors.ts";
import type { Table } from "../core/table/table.ts";
import { readDataset as readDatasetFile } from "../data/files/readTable.ts";
import { sha256File, fromRecordPath } from "../storage/files/workspacePaths.ts";
import type { Session } from "./session.ts";
import type { Workspace } from "./workspace.ts";

/** The newest dataset of the input folder. @throws {MlctlError} kind "notReady" if there is none yet */
export function latestDataset({ config, context, store }: Session, stage: string): Dataset {
  const dataset = store.latestDataset(config.input_folder_path);
  if (dataset === undefined) {
    throw new MlctlError("notReady", `no data has been ingested from ${config.input_folder_path} yet`, {
      hint: "run `mlctl ingest`",
    });
  }
  context.emit({ type: "stage", stage, message: `reading ${dataset.artifact.path} (${counted(dataset.rows, "row")})` });
  return dataset;
}

/** The list of the files that went into a dataset, for people; no record names it. */
export function ingestedFilesPath({ paths }: Pick<Workspace, "paths">, { datasetId }: Dataset): string {
  return join(paths.datasets, `ingestedfiles_${datasetId}.txt`);
}

export function ingestedFilesText({ files }: Dataset): string {
  return files.map(({ path }) => `${path}\n`).join("");
}

/** Reads the rows of a dataset. @throws {MlctlError} kind "data" if the file is missing or has changed */
export async function readDataset({ paths, records, tables }: Workspace, dataset: Dataset): Promise<Table> {
  await records.fetch(dataset, [dataset.artifact]);
  const path = fromRecordPath(paths.workspace, dataset.artifact.path);
  const hint = "restore the file, or run `mlctl ingest --force`";
  // Hash and read in parallel. A wrong hash is reported before a read error.
  const read = (): Promise<Table> => readDatasetFile(path, dataset.columns, dataset.rows);
  const [sha256, table] = await Promise.allSettled([
    sha256File(path),
    tables === undefined ? read() : tables([path], dataset.columns, read),
  ]);
  if (sha256.status === "rejected")
    throw new MlctlError("data", `${dataset.artifact.path} cannot be read`, { hint, cause: sha256.reason });
  if (sha256.value !== dataset.artifact.sha256)
    throw new MlctlError("data", `${dataset.artifact.path} has changed since it was ingested: its hash differs`, {
      hint,
    });
  if (table.status === "rejected") throw table.reason;
  return table.value;
}

/** Reads the rows of a dataset; undefined if there is none, or it is missing or has changed. */
export async function readableDataset(workspace: Workspace, dataset: Dataset | undefined): Promise<Table | undefined> {
  return dataset && readDataset(workspace, dataset).catch(() => undefined);
}

/** From a dataset to what is fitted: inputs, target, split, and what is suspicious about them. */
import type { Dataset } from "../core/dataset.ts";
import { MlctlError } from "../core/errors.ts";
import { selectRows } from "../core/selectRows.ts";
import type { Table } from "../core/table.ts";
import { readDataset as readDatasetFile } from "../data/readTable.ts";
import { copiedRows } from "../pipeline/copiedRows.ts";
import { encodeTarget } from "../pipeline/encodeTarget.ts";
import { givesTargetAway } from "../pipeline/givesTargetAway.ts";
import { partOf, type TrainingData } from "../pipeline/partOf.ts";
import { splitRows, type Split } from "../pipeline/splitRows.ts";
import { sha256File } from "../storage/sha256File.ts";
import { fromRecordPath } from "../storage/workspacePaths.ts";
import type { Workspace } from "./workspace.ts";

export interface PreparedData extends TrainingData {
  readonly split: Split;
  readonly warnings: readonly string[];
}

/** The rows of a dataset as they were written. @throws {MlctlError} kind "data" where the file is gone or changed */
export async function readDataset({ paths }: Workspace, dataset: Dataset): Promise<Table> {
  const path = fromRecordPath(paths.workspace, dataset.artifact.path);
  if ((await sha256File(path)) !== dataset.artifact.sha256) {
    throw new MlctlError("data", `${dataset.artifact.path} is not the file that was ingested: its hash differs`, {
      hint: "restore it, or ingest again: mlctl ingest --force",
    });
  }
  return readDatasetFile(path, dataset.columns);
}

/** Encodes the target, leaves ids and dropped columns out, splits, and looks for leakage. */
export async function prepareData(workspace: Workspace, dataset: Dataset): Promise<PreparedData> {
  const { config } = workspace;
  const table = await readDataset(workspace, dataset);
  const encoded = encodeTarget(table, {
    target: config.target,
    task: config.task,
    positiveClass: config.positive_class === null ? null : String(config.positive_class),
  });
  const labelled = selectRows(table, encoded.rows);
  const { split, splitWarnings } = splitTable(workspace, labelled, encoded.y, encoded.spec.classes?.length ?? 0);
  const leftOut = new Set([config.target, ...config.id_columns, ...config.drop_columns]);
  const inputs: Table = { ...labelled, columns: labelled.columns.filter(({ name }) => !leftOut.has(name)) };
  if (inputs.columns.length === 0) {
    throw new MlctlError("data", "no column is left to learn from", {
      hint: 'the target, "id_columns" and "drop_columns" take all of them',
    });
  }
  const data = { inputs, y: encoded.y, target: encoded.spec };
  return {
    ...data,
    split,
    warnings: [...missingTargets(encoded, config.target), ...splitWarnings, ...leaks(data, split)],
  };
}

function splitTable({ config }: Workspace, table: Table, y: Float64Array, classCount: number) {
  const { split, seed } = config.train;
  const rows = splitRows(table, y, {
    method: split.method ?? (config.time_column === null ? (classCount > 0 ? "stratified" : "random") : "time"),
    validationSize: split.validation_size,
    seed: split.seed ?? seed,
    cutoff: split.cutoff ?? undefined,
    rows: split.rows ?? undefined,
    timeColumn: config.time_column ?? undefined,
    classCount,
  });
  const copies = copiedRows(
    selectRows(table, rows.validation),
    selectRows(table, rows.training),
    table.columns.map(({ name }) => name),
  );
  const splitWarnings =
    copies === 0 ? [] : [`${copies} of ${rows.validation.length} validation rows are copies of training rows`];
  return { split: rows, splitWarnings };
}

function missingTargets(
  { missing, firstMissing }: { missing: number; firstMissing: number },
  target: string,
): string[] {
  if (missing === 0) return [];
  const rows = missing === 1 ? "1 row has" : `${missing} rows have`;
  return [`${rows} no "${target}" and ${missing === 1 ? "is" : "are"} left out, first: data row ${firstMissing + 1}`];
}

function leaks(data: TrainingData, { training }: Split): string[] {
  const { inputs, y, target } = partOf(data, training);
  return givesTargetAway(inputs, y, target).map(
    ({ column, reason }) => `leakage: column "${column}" gives the target away: ${reason}`,
  );
}

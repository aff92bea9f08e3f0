/** Checks the configuration against the newest dataset without training. */
import { inspectData } from "./inspectData.ts";
import { latestDataset } from "../datasets.ts";
import type { Session } from "../session.ts";
import { prepareData } from "./trainingData.ts";

/** The checked dataset, with warnings and notes. */
export interface CheckedData {
  readonly path: string;
  readonly rows: number;
  readonly trainingRows: number;
  readonly validationRows: number;
  /** Duplicates across the split, target leakage, missing targets and unknown columns. */
  readonly warnings: readonly string[];
  /** Rows dropped because of too little history. */
  readonly notes: readonly string[];
}

/** Runs every step of training up to the first fit: target, history, split, folds, leakage. @throws {MlctlError} as train */
export async function checkConfig(session: Session): Promise<CheckedData> {
  const dataset = latestDataset(session, "config");
  const data = await prepareData(session, dataset);
  const { split, notes } = data;
  return {
    path: dataset.artifact.path,
    rows: dataset.rows,
    trainingRows: split.training.length,
    validationRows: split.validation.length,
    warnings: [...data.warnings, ...(await inspectData(session, data))],
    notes,
  };
}

/** What a configuration makes of the newest dataset, before anything is trained. */
import { inspectData } from "./inspectData.ts";
import { latestDataset } from "../datasets.ts";
import type { Session } from "../session.ts";
import { prepareData } from "./trainingData.ts";

/** A dataset, and what there is to say of it. */
export interface CheckedData {
  readonly path: string;
  readonly rows: number;
  readonly trainingRows: number;
  readonly validationRows: number;
  /** Copied rows, columns that give the target away or look ahead, missing targets, columns that are not there. */
  readonly warnings: readonly string[];
  /** Rows left out for their history. */
  readonly notes: readonly string[];
}

/** Everything that training does before it fits: target, history, split, folds and leakage. @throws {MlctlError} as train */
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

/** Counts test rows that are copies of the model's training or validation rows. */
import { parseRecorded } from "../../config/parseRecorded.ts";
import type { Dataset } from "../../core/records/dataset.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Model } from "../../core/records/model.ts";
import type { Run } from "../../core/records/run.ts";
import type { Table } from "../../core/table/table.ts";
import { splitDuplicates } from "../../pipeline/leakage/splitDuplicates.ts";
import type { Session } from "../session.ts";
import { prepareData } from "../train/trainingData.ts";
import { readableDataset } from "../datasets.ts";

export interface KnownTestRows {
  /** Copies of training rows. */
  readonly training: number;
  /** Copies of validation rows that are not copies of training rows. */
  readonly validation: number;
}

/** @returns null if the dataset is missing or has changed */
export async function knownTestRows(
  session: Session,
  { run, model, table }: { run: Run; model: Model; table: Table },
): Promise<KnownTestRows | null> {
  const dataset = session.store.dataset(run.datasetId);
  const ingested = await readableDataset(session, dataset);
  if (dataset === undefined || ingested === undefined) return null;
  const names = [...model.signature.inputs.map(({ name }) => name), model.signature.target.name];
  const all = splitDuplicates(table, ingested, names);
  // The split takes time, so it is repeated only if there are copies.
  const learned = all === 0 ? undefined : await learnedRows(session, run, dataset);
  const training = learned === undefined ? all : splitDuplicates(table, learned, names);
  return { training, validation: all - training };
}

/** The training rows of the run's split; undefined if they cannot be reproduced with the recorded configuration. */
async function learnedRows(session: Session, run: Run, dataset: Dataset): Promise<Table | undefined> {
  const config = parseRecorded(run.config);
  const data = config && (await prepareData({ ...session, config }, dataset).catch(ignoreMlctlError));
  return data?.parts().tables.training;
}

function ignoreMlctlError(error: unknown): undefined {
  if (!(error instanceof MlctlError)) throw error;
}

/** Test rows that the training of a model had already: those it learned from, and those it was validated on. */
import { configSchema } from "../../config/schema/schema.ts";
import type { Dataset } from "../../core/records/dataset.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Model } from "../../core/records/model.ts";
import type { Run } from "../../core/records/run.ts";
import type { Table } from "../../core/table/table.ts";
import { splitDuplicates } from "../../pipeline/leakage/splitDuplicates.ts";
import type { Session } from "../session.ts";
import { prepareData } from "../train/trainingData.ts";
import { readDataset } from "../datasets.ts";

export interface KnownTestRows {
  /** Copies of rows that the model learned from. */
  readonly training: number;
  /** Copies of rows that it was validated on, and of none that it learned from. */
  readonly validation: number;
}

/** Null where the training data is gone or changed: then nobody can tell. */
export async function knownTestRows(
  session: Session,
  { run, model, table }: { run: Run; model: Model; table: Table },
): Promise<KnownTestRows | null> {
  const dataset = session.store.dataset(run.datasetId);
  const ingested = dataset && (await readDataset(session, dataset).catch(() => undefined));
  if (dataset === undefined || ingested === undefined) return null;
  const names = [...model.signature.inputs.map(({ name }) => name), model.signature.target.name];
  const all = splitDuplicates(table, ingested, names);
  // The split costs time and is asked for only where it tells something.
  const learned = all === 0 ? undefined : await learnedRows(session, run, dataset);
  const training = learned === undefined ? all : splitDuplicates(table, learned, names);
  return { training, validation: all - training };
}

/** The training part of the run's own split; undefined where another version of mlctl trained, which split otherwise. */
async function learnedRows(session: Session, run: Run, dataset: Dataset): Promise<Table | undefined> {
  const { data: config } = configSchema().safeParse(run.config);
  const data = config && (await prepareData({ ...session, config }, dataset).catch(nothingOfData));
  return data?.parts().tables.training;
}

function nothingOfData(error: unknown): undefined {
  if (!(error instanceof MlctlError)) throw error;
}

/** Counts test rows that are copies of the model's training or validation rows. */
import { parseRecorded } from "../../config/configSha256.ts";
import type { Dataset } from "../../core/records/dataset.ts";
import { recover } from "../../core/errors.ts";
import type { Run } from "../../core/records/run.ts";
import { findColumn } from "../../core/table/findColumn.ts";
import type { Table } from "../../core/table/table.ts";
import { splitDuplicates } from "../../pipeline/leakage/splitDuplicates.ts";
import { wholeRow } from "../../pipeline/leakage/wholeRow.ts";
import type { Session } from "../session.ts";
import { prepareData } from "../train/trainingData.ts";

export interface KnownTestRows {
  readonly training: number;
  /** Copies of validation rows that are not copies of training rows. */
  readonly validation: number;
  /** Which columns were compared, e.g. "all 12 columns". */
  readonly compared: string;
}

export interface TestedRun {
  readonly run: Run;
  readonly target: string;
  readonly table: Table;
  readonly dataset: Dataset;
  readonly ingested: Table;
}

export async function knownTestRows(
  session: Session,
  { run, table, target, dataset, ingested }: TestedRun,
): Promise<KnownTestRows> {
  const whole = wholeRow(ingested, target);
  const names = whole.filter((name) => findColumn(table, name) !== undefined);
  const all = splitDuplicates(table, ingested, names);
  // The split takes time, so it is repeated only if there are copies.
  const learned = all === 0 ? undefined : await learnedRows(session, run, dataset);
  const training = learned === undefined ? all : splitDuplicates(table, learned, names);
  return { training, validation: all - training, compared: compared(names.length, whole.length) };
}

function compared(columns: number, all: number): string {
  return columns === all ? `all ${all} columns` : `the ${columns} columns that both have`;
}

/** The training rows of the run's split; undefined if they cannot be reproduced with the recorded configuration. */
async function learnedRows(session: Session, run: Run, dataset: Dataset): Promise<Table | undefined> {
  // Fitted again, it has learned the validation rows too.
  if (run.refitRows !== undefined) return undefined;
  const config = parseRecorded(run.config);
  const data = config && (await prepareData({ ...session, config }, dataset).catch(recover(() => undefined)));
  return data?.parts().tables.training;
}

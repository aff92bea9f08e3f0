/** Drift section of a report: the newest data compared with the training data of the model, or of an earlier model. */
import type { Dataset } from "../../core/records/dataset.ts";
import type { Model } from "../../core/records/model.ts";
import { selectRows } from "../../core/table/selectRows.ts";
import type { Table } from "../../core/table/table.ts";
import type { Run } from "../../core/records/run.ts";
import type { ReportInput } from "../../reporting/reportInput.ts";
import { referenceOf } from "../../stats/referenceOf.ts";
import { recordedModel } from "../loadModel.ts";
import { batchDrift } from "../health/batchDrift.ts";
import { newestRows } from "../health/newRows.ts";
import type { Session } from "../session.ts";

type Drift = Pick<ReportInput, "drift" | "distributions">;

export interface DriftInput {
  readonly run: Run;
  readonly model: Model;
  /** The newest dataset; null if it is missing or unreadable. */
  readonly newest: { readonly dataset: Dataset; readonly table: Table } | null;
}

const none: Drift = { drift: null, distributions: {} };

/**
 * Compares the new rows of the newest dataset with the model's training data. If the model was trained on it, compares
 * with the training data of the latest other deployed model. Drift is null if there is nothing to compare.
 */
export async function reportDrift(session: Session, { run, model, newest }: DriftInput): Promise<Drift> {
  if (newest === null) return none;
  const { config } = session;
  const { dataset, table } = newest;
  const other = dataset.artifact.sha256 === run.datasetSha256 ? await earlierModel(session, run) : { model, run };
  if (other === null) return none;
  const fresh = await newestRows(session, other.run, newest);
  if (fresh.positions.length === 0) return none;
  const drift = batchDrift(session, { model: other.model, table, fresh });
  const current = referenceOf(selectRows(table, fresh.positions), { seed: config.train.seed }).columns;
  const pairs = Object.entries(other.model.reference.columns).flatMap(([name, reference]) => {
    const now = current[name];
    return now?.kind === reference.kind ? [[name, { reference, current: now }] as const] : [];
  });
  return { drift, distributions: Object.fromEntries(pairs) };
}

async function earlierModel(
  session: Session,
  run: Run,
): Promise<{ readonly model: Model; readonly run: Run | null } | null> {
  const { store } = session;
  const unpruned = store.deployments().filter(({ prunedAt }) => prunedAt === undefined);
  const deployment = unpruned.find((each) => each.runId !== run.runId && each.datasetSha256 !== run.datasetSha256);
  if (deployment === undefined) return null;
  try {
    return {
      model: await recordedModel(session, deployment, deployment.model),
      run: store.run(deployment.runId) ?? null,
    };
  } catch {
    // verify reports a damaged old model; the report leaves the comparison out.
    return null;
  }
}

/** What has moved: between the data of a report's model and the newest data, or the data of the model before it. */
import type { Dataset } from "../../core/records/dataset.ts";
import type { Model } from "../../core/records/model.ts";
import type { Table } from "../../core/table/table.ts";
import type { Run } from "../../core/records/run.ts";
import type { ReportInput } from "../../reporting/reportInput.ts";
import { referenceOf } from "../../stats/referenceOf.ts";
import { readRecordedModel } from "../../storage/model/modelFile.ts";
import { fromRecordPath } from "../../storage/files/workspacePaths.ts";
import { batchDrift } from "../health/batchDrift.ts";
import type { Session } from "../session.ts";

type Drift = Pick<ReportInput, "drift" | "distributions">;

export interface Compared {
  readonly run: Run;
  readonly model: Model;
  /** Null where there is none that can be read. */
  readonly newest: { readonly dataset: Dataset; readonly table: Table } | null;
}

const none: Drift = { drift: null, distributions: {} };

/**
 * The newest dataset against what the model was trained on; where that is the same data, against what the newest
 * deployed model before it was trained on. Null where there is nothing else to compare with.
 */
export function reportDrift(session: Session, { run, model, newest }: Compared): Drift {
  if (newest === null) return none;
  const { config } = session;
  const { dataset, table } = newest;
  const other = dataset.artifact.sha256 === run.datasetSha256 ? earlierModel(session, run) : model;
  if (other === null) return none;
  const drift = batchDrift(session, { model: other, table });
  const current = referenceOf(table, { seed: config.train.seed }).columns;
  const names = Object.keys(other.reference.columns).filter(
    (name) => current[name]?.kind === other.reference.columns[name]!.kind,
  );
  const pairs = names.map(
    (name) => [name, { reference: other.reference.columns[name]!, current: current[name]! }] as const,
  );
  return { drift, distributions: Object.fromEntries(pairs) };
}

function earlierModel({ store, paths }: Session, run: Run): Model | null {
  const deployment = store
    .deployments()
    .find(
      ({ runId, datasetSha256, prunedAt }) =>
        prunedAt === undefined && runId !== run.runId && datasetSha256 !== run.datasetSha256,
    );
  if (deployment === undefined) return null;
  try {
    return readRecordedModel(fromRecordPath(paths.workspace, deployment.model.path), deployment.model.sha256);
  } catch {
    // A damaged old model is for verify to tell; the report goes on without the comparison.
    return null;
  }
}

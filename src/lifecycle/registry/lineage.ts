/** lineage: from a model, or one of its predictions, back to the raw files it was made of. */
import type { Dataset } from "../../core/records/dataset.ts";
import type { Deployment } from "../../core/records/deployment.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Run } from "../../core/records/run.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import { findPrediction, type PredictionRecord } from "../labels/predictionRecord.ts";
import type { Session } from "../session.ts";

export interface LineageResult {
  readonly reference: string;
  /** Null where the reference names a model. */
  readonly prediction: PredictionRecord | null;
  readonly run: Run;
  /** Every time the run was put in production, newest first. */
  readonly deployments: readonly Deployment[];
  readonly dataset: Dataset | null;
}

/** Run ids have twelve digits: what is longer can only be the id of a prediction. */
const PREDICTION_ID = /^[0-9a-f]{13,}$/;

/**
 * @param reference a run, model version, alias or "latest"; "deployment 3" or "d3"; the id of a prediction
 * @throws {MlctlError} where it names nothing
 */
export function lineage(session: Session, reference: string): LineageResult {
  const { store } = session;
  const prediction = PREDICTION_ID.test(reference) ? findPrediction(session, reference) : null;
  const run =
    prediction === null
      ? (ofDeployment(session, reference) ?? resolveRun(store, reference))
      : runOfPrediction(session, prediction);
  return {
    reference,
    prediction,
    run,
    deployments: store.deployments().filter(({ runId }) => runId === run.runId),
    dataset: store.dataset(run.datasetId) ?? store.dataset(run.datasetSha256) ?? null,
  };
}

function runOfPrediction({ store }: Session, { predictionId, runId, modelSha256 }: PredictionRecord): Run {
  const run =
    (runId === null ? undefined : store.run(runId)) ??
    store.runs({ withModel: true }).find(({ model }) => model?.sha256 === modelSha256);
  if (run !== undefined) return run;
  const by =
    runId === null ? `a model file (sha256 ${modelSha256.slice(0, 12)}) that no run` : `run ${runId}, which no record`;
  throw new MlctlError("data", `prediction ${predictionId} was made by ${by} of this workspace tells of`, {
    hint: "restore its run_<id>.json, then run `mlctl reindex`",
  });
}

function ofDeployment({ store }: Session, reference: string): Run | undefined {
  const [, prefix, number] = /^(deployment[ -]?|d)(\d+)$/.exec(reference) ?? [];
  if (number === undefined) return undefined;
  const deployment = store.deployments().find(({ deploymentId }) => deploymentId === Number(number));
  // Where it was pruned, that is told.
  if (deployment !== undefined) return store.findRun(deployment.runId);
  // Run ids are hexadecimal: "d27" may also be how one begins.
  if (prefix === "d") return undefined;
  throw new MlctlError("usage", `there is no deployment ${number}`, {
    hint: "`mlctl models list` shows what was deployed",
  });
}

/** lineage: traces a model or a prediction back to the raw files. */
import type { Dataset } from "../../core/records/dataset.ts";
import type { Deployment } from "../../core/records/deployment.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Run } from "../../core/records/run.ts";
import { findRun, resolveRun } from "../../storage/store/resolveRun.ts";
import { findPrediction, type PredictionRecord } from "../labels/predictions.ts";
import type { Session } from "../session.ts";

export interface LineageResult {
  readonly reference: string;
  /** The prediction; null if the reference names a model. */
  readonly prediction: PredictionRecord | null;
  readonly run: Run;
  /** Deployments of the run, newest first. */
  readonly deployments: readonly Deployment[];
  readonly dataset: Dataset | null;
}

/** Run ids have twelve digits, so a longer id is the id of a prediction. */
const PREDICTION_ID = /^[0-9a-f]{13,}$/;

/**
 * @param reference a run, model version, alias or "latest"; "deployment 3" or "d3"; the id of a prediction
 * @throws {MlctlError} if nothing matches
 */
export async function lineage(session: Session, reference: string): Promise<LineageResult> {
  const { store } = session;
  const prediction = PREDICTION_ID.test(reference) ? await findPrediction(session, reference) : null;
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
  const by = runId === null ? `a model file (sha256 ${modelSha256.slice(0, 12)})` : `run ${runId}`;
  throw new MlctlError("data", `prediction ${predictionId} was made by ${by}, but this workspace has no record of it`, {
    hint: "restore its run_<id>.json, then run `mlctl reindex`",
  });
}

function ofDeployment({ store }: Session, reference: string): Run | undefined {
  const [, prefix, number] = /^(deployment[ -]?|d)(\d+)$/.exec(reference) ?? [];
  if (number === undefined) return undefined;
  const deployment = store.deployments().find(({ deploymentId }) => deploymentId === Number(number));
  // findRun reports a pruned run.
  if (deployment !== undefined) return findRun(store, deployment.runId);
  // Run ids are hexadecimal, so "d27" may also be the prefix of one.
  if (prefix === "d") return undefined;
  throw new MlctlError("usage", `there is no deployment ${number}`, {
    hint: "run `mlctl models list` to see what was deployed",
  });
}

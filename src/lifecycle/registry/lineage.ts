/** lineage: traces a model or a prediction back to the raw files. */
import { MlctlError } from "../../core/errors.ts";
import type { Run } from "../../core/records/lineage.ts";
import { openLogReader } from "../../storage/predictionLog/sqliteReader.ts";
import { findRun, resolveRun } from "../../storage/store/resolveRun.ts";
import { findPrediction, type PredictionRecord } from "../labels/predictions.ts";
import type { Session } from "../session.ts";
import { parseDate } from "../../core/text/valueFormat.ts";

export type LineageResult = Awaited<ReturnType<typeof lineage>>;

/** Run ids have twelve digits, so a longer id is the id of a prediction. */
const PREDICTION_ID = /^[0-9a-f]{13,}$/;

/**
 * @param reference a run, model version, alias or "latest"; "deployment 3" or "d3"; the id of a prediction or of its request
 * @throws {MlctlError} if nothing matches
 */
export async function lineage(session: Session, reference: string) {
  const { store } = session;
  const found = await runOrPrediction(session, reference);
  const [prediction, run] = "predictionId" in found ? [found, runOfPrediction(session, found)] : [null, found];
  return {
    reference,
    prediction,
    run,
    deployments: store.deployments().filter(({ runId }) => runId === run.runId),
    dataset: store.dataset(run.datasetId) ?? store.dataset(run.datasetSha256) ?? null,
  };
}

async function runOrPrediction(session: Session, reference: string): Promise<Run | PredictionRecord> {
  if (PREDICTION_ID.test(reference)) return findPrediction(session, reference);
  try {
    return ofDeployment(session, reference) ?? resolveRun(session.store, reference);
  } catch (error) {
    const { predictions } = await openLogReader(session.paths).count({ requestId: reference });
    if (predictions === 0) throw error;
    return findPrediction(session, reference);
  }
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

/** @param date "2026-03-01" (the end of that day) or a time; a future time means now */
export function at({ store, context }: Session, date: string) {
  const time = parseDate(date);
  if (time === undefined) {
    throw new MlctlError("usage", `${JSON.stringify(date)} is not a date`, {
      hint: "use a date like 2026-03-01 or 2026-03-01T09:00:00Z",
    });
  }
  const wholeDay = /^\d{4}-\d{2}-\d{2}$/.test(date.trim());
  const instant = new Date(Math.min(wholeDay ? time + 86_399_999 : time, context.now().getTime())).toISOString();
  const deployment = store.deploymentAt(instant) ?? null;
  const run = deployment === null ? null : (store.run(deployment.runId) ?? null);
  return { at: instant, deployment, run, dataset: run === null ? null : (store.dataset(run.datasetId) ?? null) };
}

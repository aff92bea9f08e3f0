/** Decides which steps a fullprocess needs, and why. Writes nothing. */
import { existsSync } from "node:fs";
import type { Run } from "../../core/records/lineage.ts";
import { MAX_AHEAD_MILLISECONDS } from "../../storage/store/clockAhead.ts";
import { currentDeployment } from "../../storage/deployment/currentDeployment.ts";
import { planIngest, type IngestPlan } from "../ingest/planIngest.ts";
import { reportPath } from "../report/report.ts";
import { isDecided } from "../deploy/describePromotion.ts";
import type { Session } from "../session.ts";
import { hashesOf, hashTestData } from "../testData.ts";

/** The first step that is needed. All later steps run too. */
export type Start = "ingest" | "train" | "score" | "deploy" | "report" | "nothing_new";

export const order: readonly Start[] = ["ingest", "train", "score", "deploy", "report"];

export interface FullprocessPlan {
  readonly start: Start;
  readonly reason: string;
  readonly ingest: IngestPlan;
  /** The model to continue with if training is not needed. */
  readonly run: Run | null;
}

/**
 * Starts with ingest if there are new or changed files; train if there is no model of this dataset and configuration;
 * score if the model was not scored on the current test data; deploy if the promotion rule was not applied to it.
 * A rejected model is not trained again on the same data.
 */
export async function planFullprocess(session: Session, force: boolean): Promise<FullprocessPlan> {
  const { store, config, configSha256 } = session;
  const ingest = await planIngest(session, [], force);
  if (ingest.status === "ingest") return { start: "ingest", reason: ingest.reason, ingest, run: null };
  const dataset = store.latestDataset(config.input_folder_path);
  if (dataset === undefined) return { start: "nothing_new", reason: ingest.reason, ingest, run: null };
  const trained = store.runs({ datasetSha256: dataset.artifact.sha256, configSha256: configSha256(), withModel: true });
  const run = trained.find(({ status, codeVersion }) => status === "FINISHED" && codeVersion === session.codeVersion);
  if (run === undefined) {
    const others = store.runs({ datasetSha256: dataset.artifact.sha256, withModel: true });
    const reason =
      others.length > 0
        ? "the configuration or the version of mlctl changed since the last training"
        : "no model has been trained on the newest dataset";
    return { start: "train", reason, ingest, run: null };
  }
  const rest = { ingest, run };
  const failure = failedSince(session, run);
  if (failure !== null) return { start: "train", reason: failure, ingest, run: null };
  if (run.score === null) return { start: "score", reason: "the newest model has not been scored", ...rest };
  if (await testDataChanged(session, run)) return { start: "score", reason: "the test data changed", ...rest };
  if (!isDecided(session, run))
    return { start: "deploy", reason: "the promotion rule has not been applied to the newest model", ...rest };
  if (!existsSync(reportPath(session, run)))
    return { start: "report", reason: "the newest model has no report", ...rest };
  const reason = "no new or changed files, and the newest model has already been evaluated";
  return { start: "nothing_new", reason, ...rest };
}

/** Reason to retrain: the latest monitoring failed in an area of `monitor.retrain_on` after the last training. Else null. */
function failedSince({ store, config, paths, context }: Session, newest: Run): string | null {
  const wanted = config.monitor.retrain_on;
  const deployment = wanted.length === 0 ? undefined : currentDeployment(paths.production);
  if (deployment === undefined) return null;
  const [last] = store.monitorings({ modelSha256: deployment.model.sha256, limit: 1 });
  if (last === undefined || last.createdAt <= newest.createdAt) return null;
  // Of a clock that was ahead: it would be newer than every training for years.
  if (Date.parse(last.createdAt) > context.now().getTime() + MAX_AHEAD_MILLISECONDS) return null;
  const failed = last.findings.filter(({ area, status }) => status === "fail" && wanted.some((name) => name === area));
  const [first] = failed;
  if (first === undefined) return null;
  const more = failed.length > 1 ? ` and ${failed.length - 1} more` : "";
  return `monitoring failed in ${first.area} on ${last.window.label} (${first.name}: ${first.message}${more})`;
}

async function testDataChanged(session: Session, run: Run): Promise<boolean> {
  return hashesOf(await hashTestData(session)) !== hashesOf(run.score?.testFiles);
}

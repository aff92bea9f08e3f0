/** What a fullprocess would do, and why; nothing is written here. */
import { existsSync } from "node:fs";
import type { Run } from "../../core/records/run.ts";
import { currentDeployment } from "../../storage/deployment/currentDeployment.ts";
import { planIngest, type IngestPlan } from "../ingest/planIngest.ts";
import { reportPath } from "../report/report.ts";
import { isDecided } from "../deploy/describePromotion.ts";
import type { Session } from "../session.ts";
import { hashTestData } from "../testData.ts";

/** The first step that is needed; all after it follow. */
export type Start = "ingest" | "train" | "score" | "deploy" | "report" | "nothing_new";

/** The steps in their order. */
export const order: readonly Start[] = ["ingest", "train", "score", "deploy", "report"];

export interface FullprocessPlan {
  readonly start: Start;
  readonly reason: string;
  readonly ingest: IngestPlan;
  /** The model to go on with, when training is not needed. */
  readonly run: Run | null;
}

/**
 * New or changed files are ingested; a dataset and configuration that no model was trained on are trained on; a model
 * that was not judged on the present test data is judged; one that the promotion rule has not spoken on is put to it.
 * A model that lost is not trained again on the same data.
 */
export async function planFullprocess(session: Session, force: boolean): Promise<FullprocessPlan> {
  const { store, config, configSha256 } = session;
  const ingest = await planIngest(session, [], force);
  if (ingest.status === "ingest") return { start: "ingest", reason: ingest.reason, ingest, run: null };
  const dataset = store.latestDataset(config.input_folder_path)!;
  const trained = store.runs({ datasetSha256: dataset.artifact.sha256, configSha256, withModel: true });
  const run = trained.find(({ status, codeVersion }) => status === "FINISHED" && codeVersion === session.codeVersion);
  if (run === undefined) {
    const others = store.runs({ datasetSha256: dataset.artifact.sha256, withModel: true });
    const reason =
      others.length > 0
        ? "the configuration, or mlctl, changed since the last training"
        : "the newest dataset was not trained on";
    return { start: "train", reason, ingest, run: null };
  }
  const rest = { ingest, run };
  const found = failedSince(session, run);
  if (found !== null) return { start: "train", reason: found, ingest, run: null };
  if (run.score === null) return { start: "score", reason: "the newest model was not scored", ...rest };
  if (await testDataChanged(session, run)) return { start: "score", reason: "the test data changed", ...rest };
  if (!isDecided(session, run))
    return { start: "deploy", reason: "the newest model was not put to the promotion rule", ...rest };
  if (!existsSync(reportPath(session, run)))
    return { start: "report", reason: "the newest model has no report", ...rest };
  return { start: "nothing_new", reason: "no new or changed file, and the newest model was judged already", ...rest };
}

/** What monitoring of the deployed model failed in, by `monitor.retrain_on`, after the newest training; else null. */
function failedSince({ store, config, paths }: Session, newest: Run): string | null {
  const wanted = config.monitor.retrain_on;
  const deployment = wanted.length === 0 ? undefined : currentDeployment(paths.production);
  if (deployment === undefined) return null;
  const [last] = store.monitorings({ modelSha256: deployment.model.sha256, limit: 1 });
  if (last === undefined || last.createdAt <= newest.createdAt) return null;
  const failed = last.findings.filter(({ area, status }) => status === "fail" && wanted.some((name) => name === area));
  const [first] = failed;
  if (first === undefined) return null;
  const more = failed.length > 1 ? ` and ${failed.length - 1} more` : "";
  return `monitoring failed in ${first.area} on ${last.window.label} (${first.name}: ${first.message}${more})`;
}

async function testDataChanged(session: Session, run: Run): Promise<boolean> {
  return hashes(await hashTestData(session)) !== hashes(run.score?.testFiles ?? []);
}

function hashes(files: readonly { readonly sha256: string }[]): string {
  return files
    .map(({ sha256 }) => sha256)
    .toSorted()
    .join();
}

/** fullprocess: from new files to a deployed, reported model, each step only when it is needed and with its reason. */
import { MlctlError } from "../../core/errors.ts";
import { drawInThread, type Drawing } from "../../reporting/drawing.ts";
import { plotWorker } from "../../reporting/plotWorker.ts";
import { formatBytes, formatNumber } from "../../core/text/format.ts";
import type { Run } from "../../core/records/run.ts";
import { currentDeployment } from "../../storage/deployment/currentDeployment.ts";
import { releaseIsWhole } from "../../storage/deployment/restoreRelease.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import { apiCalls, type ApiCallsResult } from "./apiCalls.ts";
import { deploy, type DeployResult } from "../deploy/deploy.ts";
import { driftOfDeployed } from "../health/batchDrift.ts";
import {
  ended,
  noNewRows,
  nothingNew,
  planned,
  stepLog,
  type Ending,
  type FullprocessResult,
  type StepLog,
} from "./fullprocessResult.ts";
import type { ApiServer } from "./httpCaller.ts";
import { ingest, type IngestResult } from "../ingest/ingest.ts";
import { KEPT_TAG, RULES_TAG, rulesHash, wasDeployed } from "../deploy/describePromotion.ts";
import { order, planFullprocess, type FullprocessPlan, type Start } from "./planFullprocess.ts";
import { prepareToTrain, train, type TrainResult } from "../train/train.ts";
import { prune } from "../prune/prune.ts";
import { report } from "../report/report.ts";
import { score, type ScoreResult } from "../score/score.ts";
import { reading, writing, type Session } from "../session.ts";
import type { Workspace } from "../workspace.ts";

export interface FullprocessOptions {
  readonly command: string;
  readonly waitMs: number;
  /** Ingests and trains although nothing is new. */
  readonly force?: boolean;
  readonly dryRun?: boolean;
  /** Starts the HTTP API, which is called at the end. */
  readonly startServer: StartServer;
}

/** @returns where it answers, and what stops it */
export type StartServer = (workspace: Workspace) => Promise<ApiServer & { stop(): Promise<void> }>;

/** Nothing new: ends at once, takes no lock and writes nothing. */
export async function fullprocess(workspace: Workspace, options: FullprocessOptions): Promise<FullprocessResult> {
  const force = options.force ?? false;
  const plan = await reading(workspace, (session) => planFullprocess(session, force));
  if (plan.start === "nothing_new" && deployedIsWhole(workspace)) {
    warn(workspace, plan.ingest.warnings);
    return nothingNew(plan);
  }
  if (options.dryRun) return plan.start === "nothing_new" ? nothingNew(plan) : planned(plan);
  return writing(workspace, options, async (session) => {
    // Another mlctl may have done the work while this one waited for the lock.
    const current = await planFullprocess(session, force);
    if (current.start === "nothing_new") return nothingNew(current);
    // The library of plots loads in the thread while the steps before the report go on here.
    const plots = plotWorker();
    plots.prepare();
    try {
      return await carryOut(session, current, { ...options, force, drawing: drawInThread(plots) });
    } finally {
      await plots.close();
    }
  });
}

interface CarryingOut {
  readonly force: boolean;
  readonly startServer: StartServer;
  readonly drawing: Drawing;
}

async function carryOut(
  session: Session,
  plan: FullprocessPlan,
  { force, startServer, drawing }: CarryingOut,
): Promise<FullprocessResult> {
  const log = stepLog(session.context.signal);
  const ingesting = plan.start === "ingest" && log.run("ingest", () => ingest(session, { force }), tellIngest);
  if (order.indexOf(plan.start) <= order.indexOf("train")) prepareToTrain(session);
  if (ingesting === false) log.skip("ingest", plan.ingest.reason);
  else await ingesting;
  await lookForDrift(session, log);
  // A new file may bring only rows that were there before: then the dataset, and its verdict, are the old ones.
  const { start, run: known } = plan.start === "ingest" && !force ? await planFullprocess(session, false) : plan;
  if (start === "nothing_new") return noNewRows(log.steps, known!);
  const { run: judged, notes } = await judgeModel(session, log, { start, known });
  // The thread draws while the server is called from here; both only read what the steps before have recorded.
  let calling: Promise<string | null> | undefined;
  const onDrawing = (): void => {
    calling = recordAnswers(session, log, startServer);
    // Looked at when the report is there; until then its failure must not end the process.
    calling.catch(() => undefined);
  };
  const reporting = log.run(
    "report",
    () => report(session, { model: judged.runId, drawing, onDrawing }),
    ({ path }) => path ?? "",
  );
  const [reported] = await Promise.allSettled([reporting]);
  const [called] = await Promise.allSettled([calling]);
  if (reported.status === "rejected") throw reported.reason;
  if (called.status === "rejected") throw called.reason;
  const { path: reportPath } = reported.value;
  const apireturnsPath = called.value ?? null;
  await pruneAfter(session, log);
  return ended(session, { reason: plan.reason, steps: log.steps, run: judged, notes, reportPath, apireturnsPath });
}

/** Where config.json asks for it. */
async function pruneAfter(session: Session, log: StepLog): Promise<void> {
  if (!session.config.retention.after_fullprocess) return;
  await log.run(
    "prune",
    () => prune(session, { dryRun: false }),
    ({ items, bytes }) => `${items.length} ${items.length === 1 ? "thing" : "things"}, ${formatBytes(bytes)}`,
  );
}

/** A damaged deployment is restored by whoever takes the lock. */
function deployedIsWhole({ paths }: Workspace): boolean {
  const deployment = currentDeployment(paths.production);
  return deployment === undefined || releaseIsWhole(paths, deployment);
}

function warn({ context }: Workspace, messages: readonly string[]): void {
  for (const message of messages) context.emit({ type: "warning", stage: "fullprocess", message });
}

async function lookForDrift(session: Session, log: StepLog): Promise<void> {
  if (await hasOtherData(session))
    await log.run(
      "drift",
      () => driftOfDeployed(session),
      (drift) => drift?.told ?? "",
    );
}

/** Whether there is anything that the deployed model was not trained on. */
async function hasOtherData({ store, config }: Session): Promise<boolean> {
  const [deployment] = store.deployments();
  const newest = store.latestDataset(config.input_folder_path);
  return deployment !== undefined && newest !== undefined && newest.artifact.sha256 !== deployment.datasetSha256;
}

/** Train, score and deploy, from the step on that is needed first. */
async function judgeModel(
  session: Session,
  log: StepLog,
  { start, known }: { start: Start; known: Run | null },
): Promise<Pick<Ending, "run" | "notes">> {
  const needed = (name: Start): boolean => order.indexOf(name) >= order.indexOf(start);
  // By its id: the newest model may be one of another configuration.
  let model = known?.runId ?? "";
  let notes: readonly string[] = [];
  if (needed("train")) {
    const trained = await log.run("train", () => train(session), tellTrain);
    ({ notes, runId: model } = trained);
  } else log.skip("train", "a model was trained on this data and configuration already");
  if (needed("score")) await log.run("score", () => score(session, { model }), tellScore);
  else log.skip("score", "the model was judged on this test data already");
  if (needed("deploy")) recordVerdict(session, await log.run("deploy", () => deploy(session, { model }), tellVerdict));
  else log.skip("deploy", "the promotion rule has spoken already");
  return { run: recordedRun(session, model), notes };
}

/** So that a model that lost is not put to the rule again. */
function recordVerdict(session: Session, { status, runId, reasons }: DeployResult): void {
  const judged = recordedRun(session, runId);
  if (status !== "kept" || wasDeployed(session, judged)) return;
  const verdict = { [KEPT_TAG]: reasons.join("; "), [RULES_TAG]: rulesHash(session.config) };
  saveRecord(session.paths, session.store, { ...judged, tags: { ...judged.tags, ...verdict } });
}

function recordedRun({ store }: Session, runId: string): Run {
  const run = store.run(runId);
  if (run !== undefined) return run;
  throw new MlctlError("data", `the record of run ${runId} vanished while it was judged`, { hint: "mlctl verify" });
}

async function recordAnswers(session: Session, log: StepLog, startServer: StartServer): Promise<string | null> {
  if (session.store.deployments().length === 0) {
    log.skip("apicalls", "nothing is deployed");
    return null;
  }
  const { path } = await log.run(
    "apicalls",
    () => callOwnServer(session, startServer),
    ({ calls, failed, path: written }) => `${calls.length - failed} of ${calls.length} addresses answered: ${written}`,
  );
  return path;
}

async function callOwnServer(session: Session, startServer: StartServer): Promise<ApiCallsResult> {
  const server = await startServer(session);
  try {
    const result = await apiCalls(session, server);
    const wrong = result.calls.filter(({ ok }) => !ok);
    warn(
      session,
      wrong.map(({ method, path, problem }) => `${method} ${path} did not answer as it should: ${problem}`),
    );
    return result;
  } finally {
    await server.stop();
  }
}

function tellIngest({ status, dataset, files, duplicatesRemoved, reason }: IngestResult): string {
  if (status === "nothing_new" || dataset === null) return reason;
  return `${dataset.rows} rows from ${files.length} ${files.length === 1 ? "file" : "files"}, ${duplicatesRemoved} duplicates removed`;
}

function tellTrain({ leaderboard }: TrainResult): string {
  return `${leaderboard.length} ${leaderboard.length === 1 ? "model" : "models"}, best ${leaderboard[0]!.family}`;
}

function tellScore({ metric, value, rows }: ScoreResult): string {
  return `${metric} ${formatNumber(value)} on ${rows} test ${rows === 1 ? "row" : "rows"}`;
}

function tellVerdict({ status, runId, previousRunId }: DeployResult): string {
  if (status === "deployed") return `switched to ${runId}`;
  return previousRunId === null ? "not deployed; nothing else is" : `the deployed model, ${previousRunId}, stays`;
}

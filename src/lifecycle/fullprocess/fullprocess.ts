/** fullprocess: runs the steps from ingest to report that are needed, and records why each ran or was skipped. */
import { MlctlError } from "../../core/errors.ts";
import type { Drawing } from "../../reporting/drawing.ts";
import type { Run } from "../../core/records/lineage.ts";
import { currentDeployment } from "../../storage/deployment/currentDeployment.ts";
import { releaseIsWhole } from "../../storage/deployment/repairDeployment.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import { apiCalls, type ApiServer } from "./apiCalls.ts";
import { deploy, type DeployOptions, type DeployResult } from "../deploy/deploy.ts";
import {
  describeIngest,
  describeScore,
  describeTraining,
  describeVerdict,
  ended,
  noNewRows,
  withMonitoring,
  nothingNew,
  planned,
  stepLog,
  type Ending,
  type FullprocessResult,
  type StepLog,
} from "./fullprocessResult.ts";
import { fetchSources, unaskedNote } from "../ingest/fetchSources.ts";
import { ingest } from "../ingest/ingest.ts";
import { rejections } from "../ingest/planIngest.ts";
import { KEPT_TAG, RULES_TAG, rulesHash, wasDeployed } from "../deploy/describePromotion.ts";
import { order, planFullprocess, type FullprocessPlan, type Start } from "./planFullprocess.ts";
import { prepareToTrain, train } from "../train/train.ts";
import { monitorNewRows, type MonitoredNewRows } from "../monitor/monitorNewRows.ts";
import { ingestNews } from "../monitor/ingestNews.ts";
import type { SentAlert } from "../monitor/alertDelivery.ts";
import { sendAlerts } from "../monitor/monitorAlerts.ts";
import { report, withPlotThread } from "../report/report.ts";
import { score } from "../score/score.ts";
import { reading, writing, type Session, type WritingOptions } from "../session.ts";
import type { Workspace } from "../workspace.ts";

export interface FullprocessOptions extends WritingOptions, Pick<DeployOptions, "force" | "dryRun" | "message"> {
  readonly startServer: StartServer;
}

export type StartServer = (workspace: Workspace) => Promise<ApiServer & { stop(): Promise<void> }>;

/**
 * If nothing is new, returns at once without taking the lock or writing. Alerts are sent at the end without the lock, also
 * if a step fails; those about the new rows before the training, which may be killed each night, e.g. for its memory.
 */
export async function fullprocess(workspace: Workspace, options: FullprocessOptions): Promise<FullprocessResult> {
  const verdicts: MonitoredNewRows[] = [];
  const alerts: SentAlert[] = [];
  const sendNews = async (from: Workspace): Promise<void> => {
    alerts.push(...(await sendAlerts(from, await ingestNews(from))));
  };
  let result: FullprocessResult;
  try {
    result = await neededSteps(workspace, { ...options, verdicts, sendNews });
  } finally {
    if (!options.dryRun) await sendNews(workspace);
  }
  return withMonitoring(result, verdicts[0], { alerts, hasChannels: workspace.config.alerts.length > 0 });
}

interface Steps extends FullprocessOptions {
  readonly verdicts: MonitoredNewRows[];
  readonly sendNews: (from: Workspace) => Promise<void>;
}

async function neededSteps(workspace: Workspace, options: Steps): Promise<FullprocessResult> {
  const force = options.force ?? false;
  if (workspace.config.ingest.sources.length > 0) {
    const unasked = options.dryRun && unaskedNote(workspace);
    if (unasked) warn(workspace, [unasked]);
    else await writing(workspace, options, (session) => fetchSources(session));
  }
  const plan = await reading(workspace, (session) => planFullprocess(session, force));
  if (plan.start === "nothing_new" && deployedIsWhole(workspace)) {
    warn(workspace, plan.ingest.warnings);
    return nothingNew(plan);
  }
  if (options.dryRun) return plan.start === "nothing_new" ? nothingNew(plan) : planned(plan);
  return writing(workspace, options, async (session) => {
    // Another mlctl process may have done the work while this one waited for the lock.
    const current = await planFullprocess(session, force);
    if (current.start === "nothing_new") return nothingNew(current);
    return await withPlotThread(true, (drawing) => runSteps(session, current, { ...options, force, drawing }));
  });
}

async function runSteps(
  session: Session,
  plan: FullprocessPlan,
  options: Steps & { readonly force: boolean; readonly drawing: Drawing },
): Promise<FullprocessResult> {
  const { force, message, startServer, drawing, verdicts, sendNews } = options;
  const log = stepLog(session.context.signal);
  const ingesting = plan.start === "ingest" && log.run("ingest", () => ingest(session, { force }), describeIngest);
  if (order.indexOf(plan.start) <= order.indexOf("train")) prepareToTrain(session);
  if (ingesting === false) {
    warn(session, plan.ingest.warnings);
    log.skip("ingest", plan.ingest.reason);
  } else await ingesting;
  await checkDrift(session, log, verdicts);
  // A new file may contain only known rows. The dataset is then unchanged, and so are the remaining steps.
  const { start, run: known } = plan.start === "ingest" && !force ? await planFullprocess(session, false) : plan;
  if (start === "nothing_new") {
    const newest = session.store.latestDataset(session.config.input_folder_path)!;
    return noNewRows(log.steps, known!, rejections(session.paths.workspace, newest));
  }
  await sendNews(session);
  const { run: judged, notes } = await produceModel(session, log, { start, known, message });
  // Plots are drawn in the thread while the API is called from here. Both only read what earlier steps recorded.
  let calling: Promise<string | null> | undefined;
  const onDrawing = (): void => {
    calling = recordResponses(session, log, startServer);
    // Its error is handled after the report is written; until then it must not be an unhandled rejection.
    calling.catch(() => undefined);
  };
  const reporting = log.run(
    "report",
    () => report(session, { model: judged.runId, drawing, onDrawing }),
    ({ path }) => path ?? "",
  );
  await Promise.allSettled([reporting]);
  await Promise.allSettled([calling]);
  const { path: reportPath } = await reporting;
  const apireturnsPath = (await calling) ?? null;
  return ended(session, { reason: plan.reason, steps: log.steps, run: judged, notes, reportPath, apireturnsPath });
}

/** A damaged deployment needs the lock, because taking it restores the deployment. */
function deployedIsWhole({ paths }: Workspace): boolean {
  const deployment = currentDeployment(paths.production);
  return deployment === undefined || releaseIsWhole(paths, deployment);
}

function warn({ context }: Workspace, messages: readonly string[]): void {
  for (const message of messages) context.emit({ type: "warning", stage: "fullprocess", message });
}

const describeDrift = ({ summary }: MonitoredNewRows): string => summary;

async function checkDrift(session: Session, log: StepLog, verdicts: MonitoredNewRows[]): Promise<void> {
  const { store, config } = session;
  const [deployment] = store.deployments();
  const newest = store.latestDataset(config.input_folder_path);
  if (deployment === undefined || newest === undefined || newest.artifact.sha256 === deployment.datasetSha256) return;
  verdicts.push(await log.run("drift", () => monitorNewRows(session, newest), describeDrift));
}

async function produceModel(
  session: Session,
  log: StepLog,
  { start, known, message }: { start: Start; known: Run | null; message: string | undefined },
): Promise<Pick<Ending, "run" | "notes">> {
  const needed = (name: Start): boolean => order.indexOf(name) >= order.indexOf(start);
  // By id, because the newest model may belong to another configuration.
  let model = known?.runId ?? "";
  let notes: readonly string[] = [];
  if (needed("train")) {
    const trained = await log.run("train", () => train(session), describeTraining);
    ({ notes, runId: model } = trained);
  } else log.skip("train", "a model has already been trained on this data and configuration");
  if (needed("score")) await log.run("score", () => score(session, { model }), describeScore);
  else log.skip("score", "the model has already been scored on this test data");
  if (needed("deploy"))
    await recordVerdict(session, await log.run("deploy", () => deploy(session, { model, message }), describeVerdict));
  else log.skip("deploy", "the promotion rule has already been applied");
  return { run: recordedRun(session, model), notes };
}

/** Tags a rejected model, so that the promotion rule is not applied to it again. */
async function recordVerdict(session: Session, { status, runId, reasons }: DeployResult): Promise<void> {
  const judged = recordedRun(session, runId);
  if (status !== "kept" || wasDeployed(session, judged)) return;
  const verdict = { [KEPT_TAG]: reasons.join("; "), [RULES_TAG]: rulesHash(session.config) };
  await saveRecord(session, { ...judged, tags: { ...judged.tags, ...verdict } });
}

function recordedRun({ store }: Session, runId: string): Run {
  const run = store.run(runId);
  if (run !== undefined) return run;
  throw new MlctlError("data", `the record of run ${runId} was removed while the run was processed`, {
    hint: "run `mlctl verify`",
  });
}

async function recordResponses(session: Session, log: StepLog, startServer: StartServer): Promise<string | null> {
  if (session.store.deployments().length === 0) {
    log.skip("apicalls", "no model is deployed");
    return null;
  }
  const { path } = await log.run(
    "apicalls",
    () => callOwnServer(session, startServer),
    ({ calls, failed, path: written }) => `${calls.length - failed} of ${calls.length} endpoints responded: ${written}`,
  );
  return path;
}

async function callOwnServer(session: Session, startServer: StartServer) {
  const server = await startServer(session);
  try {
    const result = await apiCalls(session, server);
    const wrong = result.calls.filter(({ ok }) => !ok);
    const messages = wrong.map(({ method, path, problem }) => `${method} ${path} failed: ${problem}`);
    warn(session, messages);
    return result;
  } finally {
    await server.stop();
  }
}

/** fullprocess: from new files to a deployed, reported model, each step only when it is needed and with its reason. */
import { MlctlError } from "../core/errors.ts";
import { formatNumber } from "../core/formatNumber.ts";
import type { Run } from "../core/run.ts";
import { saveRecord } from "../storage/saveRecord.ts";
import { apiReturns } from "./apiReturns.ts";
import { deploy, type DeployResult } from "./deploy.ts";
import { driftOfDeployed } from "./driftOfDeployed.ts";
import { ingest, type IngestResult } from "./ingest.ts";
import { KEPT_TAG } from "./outcomeOf.ts";
import { planFullprocess, type FullprocessPlan, type Start } from "./planFullprocess.ts";
import { report } from "./report.ts";
import { score } from "./score.ts";
import { reading, writing, type Session } from "./session.ts";
import { train, type TrainResult } from "./train.ts";
import type { Workspace } from "./workspace.ts";

export interface FullprocessOptions {
  readonly command: string;
  readonly waitMs: number;
  /** Ingests and trains although nothing is new. */
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

export interface Step {
  readonly name: string;
  readonly status: "done" | "skipped";
  /** What it did, or why it did not. */
  readonly reason: string;
  readonly seconds: number;
}

export interface FullprocessResult {
  readonly status: "nothing_new" | "kept" | "deployed";
  readonly reason: string;
  readonly steps: readonly Step[];
  readonly runId: string | null;
  readonly modelVersion: number | null;
  readonly metric: string | null;
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  readonly reasons: readonly string[];
  readonly reportPath: string | null;
  readonly apireturnsPath: string | null;
  readonly dryRun: boolean;
}

const order: readonly Start[] = ["ingest", "train", "score", "deploy"];

/** Nothing new: ends at once, takes no lock and writes nothing. */
export async function fullprocess(workspace: Workspace, options: FullprocessOptions): Promise<FullprocessResult> {
  const plan = await reading(workspace, (session) => planFullprocess(session, options.force ?? false));
  if (plan.start === "nothing_new") return nothingNew(plan);
  if (options.dryRun) return planned(plan);
  return writing(workspace, options, async (session) => {
    // Another mlctl may have done the work while this one waited for the lock.
    const current = await planFullprocess(session, options.force ?? false);
    return current.start === "nothing_new" ? nothingNew(current) : run(session, current, options.force ?? false);
  });
}

async function run(session: Session, plan: FullprocessPlan, force: boolean): Promise<FullprocessResult> {
  const steps: Step[] = [];
  const step = async <T>(name: string, work: () => Promise<T>, tell: (result: T) => string): Promise<T> => {
    const start = performance.now();
    const result = await work();
    steps.push({ name, status: "done", reason: tell(result), seconds: (performance.now() - start) / 1000 });
    return result;
  };
  const skip = (name: string, reason: string): number => steps.push({ name, status: "skipped", reason, seconds: 0 });

  if (plan.start === "ingest") await step("ingest", () => ingest(session, { force }), tellIngest);
  else skip("ingest", plan.ingest.reason);
  const drift = await driftOfDeployed(session);
  if (drift !== null) steps.push({ name: "drift", status: "done", reason: drift.told, seconds: drift.seconds });
  // A new file may bring only rows that were there before: then the dataset, and its verdict, are the old ones.
  const { start, run: known } = plan.start === "ingest" && !force ? await planFullprocess(session, false) : plan;
  if (start === "nothing_new") return endEarly(steps, known!);
  const needed = (name: Start): boolean => order.indexOf(name) >= order.indexOf(start);
  // By its id: the newest model may be one of another configuration.
  let model = known?.runId ?? "";
  if (needed("train")) ({ runId: model } = await step("train", () => train(session), tellTrain));
  else skip("train", "a model was trained on this data and configuration already");
  if (needed("score"))
    await step(
      "score",
      () => score(session, { model }),
      ({ metric, value, rows }) => `${metric} ${formatNumber(value)} on ${rows} test rows`,
    );
  else skip("score", "the model was judged on this test data already");
  const verdict = await step("deploy", () => deploy(session, { model }), tellVerdict);
  const judged = recordVerdict(session, verdict);
  const { path: reportPath } = await step(
    "report",
    () => report(session, { model }),
    ({ path }) => path ?? "",
  );
  const { path: apireturnsPath } = await step(
    "apicalls",
    () => apiReturns(session),
    ({ path }) => path ?? "nothing is deployed",
  );
  return resultOf({ session, plan, steps, verdict, judged, reportPath, apireturnsPath });
}

function endEarly(steps: readonly Step[], known: Run): FullprocessResult {
  const reason = `the new files bring no new row: run ${known.runId} was trained on the same data`;
  return {
    ...emptyResult,
    status: "kept",
    reason,
    steps: [...steps, { name: "train", status: "skipped", reason, seconds: 0 }],
    runId: known.runId,
    modelVersion: known.modelVersion,
  };
}

/** So that a model that lost is not put to the rule again. */
function recordVerdict({ store, paths }: Session, { status, runId, reasons }: DeployResult): Run {
  const judged = store.run(runId);
  if (judged === undefined)
    throw new MlctlError("data", `the record of run ${runId} vanished while it was judged`, { hint: "mlctl verify" });
  if (status === "kept")
    saveRecord(paths, store, { ...judged, tags: { ...judged.tags, [KEPT_TAG]: reasons.join("; ") } });
  return judged;
}

interface Ending {
  readonly session: Session;
  readonly plan: FullprocessPlan;
  readonly steps: readonly Step[];
  readonly verdict: DeployResult;
  readonly judged: Run;
  readonly reportPath: string | null;
  readonly apireturnsPath: string | null;
}

function resultOf({ plan, steps, verdict, judged, reportPath, apireturnsPath }: Ending): FullprocessResult {
  return {
    status: verdict.status === "deployed" ? "deployed" : "kept",
    reason: plan.reason,
    steps,
    runId: judged.runId,
    modelVersion: judged.modelVersion,
    metric: judged.score?.metric ?? verdict.metric,
    value: judged.score?.value ?? verdict.value,
    interval: judged.score?.interval ?? null,
    reasons: verdict.reasons,
    reportPath,
    apireturnsPath,
    dryRun: false,
  };
}

const emptyResult = {
  runId: null,
  modelVersion: null,
  metric: null,
  value: null,
  interval: null,
  reasons: [],
  reportPath: null,
  apireturnsPath: null,
  dryRun: false,
};

function nothingNew({ reason, run: known }: FullprocessPlan): FullprocessResult {
  return {
    ...emptyResult,
    status: "nothing_new",
    reason,
    steps: [],
    runId: known?.runId ?? null,
    modelVersion: known?.modelVersion ?? null,
  };
}

function planned(plan: FullprocessPlan): FullprocessResult {
  const first = order.indexOf(plan.start);
  const steps = [...order, "report"].map((name, index) => ({
    name,
    status: index >= first ? ("done" as const) : ("skipped" as const),
    reason: index === first ? plan.reason : "",
    seconds: 0,
  }));
  return { ...emptyResult, status: "kept", reason: plan.reason, steps, dryRun: true };
}

function tellVerdict({ status, runId, previousRunId }: DeployResult): string {
  if (status === "deployed") return `switched to ${runId}`;
  return previousRunId === null ? "not deployed; nothing else is" : `the deployed model, ${previousRunId}, stays`;
}

function tellIngest({ status, dataset, files, duplicatesRemoved, reason }: IngestResult): string {
  if (status === "nothing_new" || dataset === null) return reason;
  return `${dataset.rows} rows from ${files.length} ${files.length === 1 ? "file" : "files"}, ${duplicatesRemoved} duplicates removed`;
}

function tellTrain({ leaderboard }: TrainResult): string {
  return `${leaderboard.length} ${leaderboard.length === 1 ? "model" : "models"}, best ${leaderboard[0]!.family}`;
}

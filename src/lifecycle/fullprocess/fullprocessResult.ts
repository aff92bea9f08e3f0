/** Builds the result of fullprocess for each way it can end, and logs its steps. */
import type { Run } from "../../core/records/lineage.ts";
import { isInProduction, verdictReasons } from "../deploy/describePromotion.ts";
import { order, type FullprocessPlan } from "./planFullprocess.ts";
import type { SentAlert } from "../monitor/alertDelivery.ts";
import type { MonitoredNewRows } from "../monitor/monitorNewRows.ts";
import { summaryOf, type WindowSummary } from "../monitor/monitorRecord.ts";
import type { Session } from "../session.ts";
import { counted, formatNumber, testRows } from "../../core/text/format.ts";
import type { DeployResult } from "../deploy/deploy.ts";
import type { IngestResult } from "../ingest/ingest.ts";
import type { ScoreResult } from "../score/score.ts";
import type { TrainResult } from "../train/train.ts";

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
  readonly notes: readonly string[];
  readonly reportPath: string | null;
  readonly apireturnsPath: string | null;
  readonly dryRun: boolean;
  /** The verdict on the rows that the deployed model was not trained on; null if there were none. */
  readonly monitored: WindowSummary | null;
  /** Of ingestions before the newest, oldest first, whose rows were not judged because a run died. */
  readonly monitoredEarlier: readonly WindowSummary[];
  /** Why the new rows were not judged: an error of the settings of monitoring. */
  readonly notMonitored: string | null;
  readonly alerts: readonly SentAlert[];
}

const empty = {
  runId: null,
  modelVersion: null,
  metric: null,
  value: null,
  interval: null,
  reasons: [],
  notes: [],
  reportPath: null,
  apireturnsPath: null,
  dryRun: false,
  monitored: null,
  monitoredEarlier: [],
  notMonitored: null,
  alerts: [],
};

export function withMonitoring(
  result: FullprocessResult,
  found: MonitoredNewRows | undefined,
  { alerts, hasChannels }: { readonly alerts: readonly SentAlert[]; readonly hasChannels: boolean },
): FullprocessResult {
  const { records = [], problem: notMonitored = null } = found ?? {};
  const windows = records.map(summaryOf);
  const failed = [...new Set(windows.flatMap((window) => window.failed))];
  const silent = `the new rows failed in ${failed.join(" and ")}, and no alert was sent: config.json has no "alerts"`;
  const notes = failed.length > 0 && !hasChannels ? [...result.notes, silent] : result.notes;
  const monitored = windows.pop() ?? null;
  return { ...result, notes, monitored, monitoredEarlier: windows, notMonitored, alerts };
}

export function nothingNew({ reason, run }: FullprocessPlan): FullprocessResult {
  const { runId = null, modelVersion = null } = run ?? {};
  return { ...empty, status: "nothing_new", reason, steps: [], runId, modelVersion };
}

export function planned({ start, reason }: FullprocessPlan): FullprocessResult {
  const first = order.indexOf(start);
  const steps = order.map((name, index) => ({
    name,
    status: index >= first ? ("would_run" as const) : ("skipped" as const),
    reason: index === first ? reason : "",
    seconds: 0,
  }));
  return { ...empty, status: "kept", reason, steps, dryRun: true };
}

/** @param rejected why files were rejected, one sentence each */
export function noNewRows(steps: readonly Step[], known: Run, rejected: readonly string[]): FullprocessResult {
  const none = ["the new files contain no new rows", ...rejected].join("; ");
  const reason = `${none}; run ${known.runId} was trained on the same data`;
  const skipped = { name: "train", status: "skipped" as const, reason, seconds: 0 };
  const { runId, modelVersion } = known;
  return { ...empty, status: "kept", reason, steps: [...steps, skipped], runId, modelVersion };
}

export interface Ending extends Pick<
  FullprocessResult,
  "reason" | "steps" | "notes" | "reportPath" | "apireturnsPath"
> {
  readonly run: Run;
}

export function ended(session: Session, { run, ...ending }: Ending): FullprocessResult {
  return {
    ...empty,
    ...ending,
    status: isInProduction(session, run) ? "deployed" : "kept",
    runId: run.runId,
    modelVersion: run.modelVersion,
    metric: run.metric,
    value: run.score?.value ?? null,
    interval: run.score?.interval ?? null,
    reasons: verdictReasons(session, run),
  };
}

export interface Step {
  readonly name: string;
  /** "would_run": of a dry run. */
  readonly status: "done" | "skipped" | "would_run";
  readonly reason: string;
  readonly seconds: number;
}

export type StepLog = ReturnType<typeof stepLog>;

/** @param signal once it is aborted, no further step starts */
export function stepLog(signal: AbortSignal) {
  const started: (Step | null)[] = [];
  return {
    get steps(): readonly Step[] {
      return started.filter((step) => step !== null);
    },
    /** `describe` turns the result of a step into its reason. */
    async run<T>(name: string, work: () => Promise<T>, describe: (result: T) => string): Promise<T> {
      signal.throwIfAborted();
      const start = performance.now();
      const place = started.push(null) - 1;
      const result = await work();
      started[place] = { name, status: "done", reason: describe(result), seconds: (performance.now() - start) / 1000 };
      return result;
    },
    skip(name: string, reason: string): void {
      started.push({ name, status: "skipped", reason, seconds: 0 });
    },
  };
}

export function describeIngest(result: IngestResult): string {
  const { status, dataset, files, rejected, duplicatesRemoved, duplicatesKept, reason } = result;
  if (status === "nothing_new" || dataset === null) return reason;
  const equal =
    duplicatesKept > 0
      ? `${counted(duplicatesKept, "equal row")} kept`
      : `${counted(duplicatesRemoved, "duplicate")} removed`;
  const rejects = rejected.length === 0 ? "" : `, ${counted(rejected.length, "file")} rejected`;
  return `${dataset.rows} rows from ${counted(files.length, "file")}, ${equal}${rejects}`;
}

export function describeTraining(result: TrainResult): string {
  const { leaderboard, trainingRows, validationRows, rowsWithoutTarget } = result;
  const models = counted(leaderboard.length, "model");
  const rows =
    rowsWithoutTarget === 0
      ? ""
      : ` on ${trainingRows + validationRows} rows (${counted(rowsWithoutTarget, "row")} without target left out)`;
  return `${models}${rows}, best ${leaderboard[0]!.family}`;
}

export function describeScore({ metric, value, rows, leakage }: ScoreResult): string {
  return `${metric} ${formatNumber(value)} on ${testRows(rows, leakage.copiedRows)}`;
}

/** With the reasons of a rejection, because in a pipe only the table of the steps is printed. */
export function describeVerdict({ status, runId, previousRunId, reasons }: DeployResult): string {
  if (status === "deployed") return `switched to ${runId}`;
  const kept =
    previousRunId === null ? "not deployed; no model is in production" : `kept the deployed model ${previousRunId}`;
  return reasons.length === 0 ? kept : `${kept}: ${reasons.join("; ")}`;
}

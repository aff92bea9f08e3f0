/** The daemon behind `mlctl schedule run`: starts the jobs of config.json at their times, each in a process of its own. */
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../../core/context.ts";
import { MlctlError, exitCodes } from "../../core/errors.ts";
import { onSchedule } from "./cron.ts";
import { executeJob, skipJob, type JobPlace } from "./executeJob.ts";
import { recentExecutions } from "./executionLog.ts";
import { missedTimes, type MissedTimes } from "./jobStatus.ts";
import type { ScheduledJob } from "./scheduledJobs.ts";
import { expect, expectations } from "./scheduleState.ts";
import type { Execution } from "../../core/records/execution.ts";

export interface RunScheduleOptions extends JobPlace {
  readonly jobs: readonly ScheduledJob[];
  /** How long running jobs may go on after SIGTERM before they are asked to stop. */
  readonly drainMs: number;
}

/**
 * Runs until the signal stops it: no job is started any more, running ones may end within `drainMs` (Ctrl-C: are asked
 * to stop at once) and are waited for.
 */
export async function runSchedule(options: RunScheduleOptions): Promise<{ readonly executions: number }> {
  const { jobs, workspace } = options;
  const { context, paths } = workspace;
  const before = expectations(paths);
  expect(paths, jobs, "daemon", context.now());
  const stopJobs = new AbortController();
  const running = new Set<Promise<void>>();
  let executions = 0;
  const start = (job: ScheduledJob, dueAt: Date, trigger: "schedule" | "missed"): Promise<void> => {
    executions++;
    const work = execute(job, { dueAt, trigger, stop: stopJobs.signal }, options).finally(() => running.delete(work));
    running.add(work);
    return work;
  };
  const stops = jobs.map((job) =>
    onSchedule(job, {
      due: (time) => start(job, time, "schedule"),
      overlap: (time) => skip(job, time, "the run before it was not done yet", options),
      missed: (time) => void catchUp(job, { first: time, latest: time, count: 1 }, { options, start }),
    }),
  );
  // After that, so that no time falls in between; one that both see runs once.
  for (const job of jobs) {
    const missed = missedBy(job, before[job.name], options);
    if (missed !== undefined) void catchUp(job, missed, { options, start });
  }
  context.emit({
    type: "stage",
    stage: "schedule",
    message: `${jobs.length} ${jobs.length === 1 ? "job" : "jobs"}; end with Ctrl-C`,
  });
  await aborted(context.signal);
  await Promise.all(stops.map((stop) => stop()));
  await drained(running, stopJobs, options);
  return { executions };
}

/** Later than `time` by at most `jitterMs`, always the same for the same job, time and folder. */
export function jitterOf(
  { name, jitterMs }: Pick<ScheduledJob, "name" | "jitterMs">,
  time: Date,
  folder: string,
): number {
  if (jitterMs === 0) return 0;
  const hash = createHash("sha256").update(`${folder}\n${name}\n${time.toISOString()}`).digest();
  return Math.floor((hash.readUInt32BE(0) / 2 ** 32) * jitterMs);
}

interface Start {
  readonly dueAt: Date;
  readonly trigger: "schedule" | "missed";
  readonly stop: AbortSignal;
}

/** A failed job is told and does not end the others: the next time may be better. */
async function execute(job: ScheduledJob, request: Start, options: RunScheduleOptions): Promise<void> {
  const { context, paths } = options.workspace;
  const stage = `schedule ${job.name}`;
  try {
    const delay = request.trigger === "missed" ? 0 : jitterOf(job, request.dueAt, paths.workspace);
    if (delay > 0) await sleep(delay, undefined, { signal: context.signal }).catch(() => {});
    if (context.signal.aborted) return;
    context.emit({ type: "stage", stage, message: `started ${context.now().toISOString()}` });
    const execution = await executeJob(job, request, options);
    const told = describeExecution(execution);
    context.emit({ type: told.isFine ? "stage" : "warning", stage, message: told.message });
  } catch (error) {
    warnOf(error, stage, context);
  }
}

/** Whatever it is (a full disk, a bug), the next time may be better: the daemon stays. */
function warnOf(error: unknown, stage: string, context: Context): void {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof MlctlError && error.hint !== undefined ? { hint: error.hint } : {};
  context.emit({ type: "warning", stage, message, ...hint });
}

function missedBy(
  job: ScheduledJob,
  expected: Parameters<typeof missedTimes>[1],
  { workspace: { paths, context } }: RunScheduleOptions,
): MissedTimes | undefined {
  if (expected === undefined) return undefined;
  return missedTimes(job, expected, recentExecutions(paths, job.name), context.now());
}

/** Once for all the times that passed: a model that was trained five times on the same data is no better. */
async function catchUp(
  job: ScheduledJob,
  { first, latest, count }: MissedTimes,
  {
    options,
    start,
  }: { options: RunScheduleOptions; start: (job: ScheduledJob, dueAt: Date, trigger: "missed") => Promise<void> },
): Promise<void> {
  const times = count === 1 ? `the time ${latest.toISOString()}` : `${count} times since ${first.toISOString()}`;
  if (job.missed === "skip") return skip(job, latest, `${times} passed while nothing was running`, options);
  options.workspace.context.emit({
    type: "warning",
    stage: `schedule ${job.name}`,
    message: `${times} passed while nothing was running: it runs now`,
  });
  await start(job, latest, "missed");
}

function skip(job: ScheduledJob, time: Date, reason: string, options: RunScheduleOptions): void {
  const { context } = options.workspace;
  context.emit({
    type: "warning",
    stage: `schedule ${job.name}`,
    message: `skipped at ${time.toISOString()}: ${reason}`,
  });
  try {
    skipJob(job, time, reason, options);
  } catch (error) {
    warnOf(error, `schedule ${job.name}`, context);
  }
}

async function drained(
  running: ReadonlySet<Promise<void>>,
  stopJobs: AbortController,
  { drainMs, workspace: { context } }: RunScheduleOptions,
): Promise<void> {
  if (running.size === 0) return;
  const { reason } = context.signal as { reason: unknown };
  const isPolite = reason instanceof MlctlError && reason.kind === "terminated";
  const patience = isPolite ? drainMs : 0;
  const message = `${running.size} running ${running.size === 1 ? "job is" : "jobs are"} waited for`;
  context.emit({ type: "stage", stage: "schedule", message });
  const timer = setTimeout(() => stopJobs.abort(), patience);
  await Promise.all(running);
  clearTimeout(timer);
}

async function aborted(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** How one run of a job ended, in a sentence. */
export function describeExecution(execution: Execution | "done_before"): {
  readonly message: string;
  readonly isFine: boolean;
} {
  if (execution === "done_before") return { message: "ran for this time already", isFine: true };
  const { status, seconds, exitCode, reason, log } = execution;
  const after = `after ${(seconds ?? 0).toFixed(1)} s`;
  if (status === "done") return { message: `done ${after}`, isFine: true };
  if (status === "skipped") return { message: `skipped: ${reason}`, isFine: false };
  if (status === "timed_out") return { message: `took too long and was stopped ${after}: see ${log}`, isFine: false };
  const kind = Object.entries(exitCodes).find(([, code]) => code === exitCode)?.[0];
  const how =
    exitCode === null ? (reason ?? "ended") : `ended with ${exitCode}${kind === undefined ? "" : ` (${kind})`}`;
  return { message: `${how} ${after}: see ${log}`, isFine: false };
}

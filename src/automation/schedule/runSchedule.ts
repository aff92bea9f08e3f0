/** The daemon of `mlctl schedule run`: runs the jobs of config.json at their times, each in a child process. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../../core/context.ts";
import { MlctlError, exitCodes } from "../../core/errors.ts";
import { onSchedule, type MissedTimes } from "./cron.ts";
import { executeJob, skipJob, type JobPlace, type JobRequest } from "./executeJob.ts";
import { recentExecutions } from "./executionLog.ts";
import { describeMissed, missedTimes } from "./jobStatus.ts";
import type { ScheduledJob } from "./scheduledJobs.ts";
import { expectJobs, expectations } from "./scheduleState.ts";
import type { Execution } from "../../core/records/execution.ts";

export interface RunScheduleOptions extends JobPlace {
  readonly jobs: readonly ScheduledJob[];
  /** How long running jobs may continue after SIGTERM before they are stopped. */
  readonly drainMs: number;
}

/**
 * Runs until the signal aborts. Then no more jobs start, and running jobs get `drainMs` to finish (on Ctrl-C they are
 * stopped at once); returns when all of them have ended.
 */
export async function runSchedule(options: RunScheduleOptions): Promise<{ readonly executions: number }> {
  const { jobs, workspace } = options;
  const { context, paths } = workspace;
  const before = expectations(paths);
  expectJobs(paths, jobs, "daemon", context.now());
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
      overlap: (time) => skip(job, time, "the previous run is still running", options),
      missed: (missed) => void catchUp(job, missed, options, start),
    }),
  );
  // After onSchedule, so that no time falls in between; a time that both see runs only once.
  for (const job of jobs) {
    const missed = missedTimes(job, before[job.name], recentExecutions(paths, job.name), context.now());
    if (missed !== undefined) void catchUp(job, missed, options, start);
  }
  context.emit({
    type: "stage",
    stage: "schedule",
    message: `${jobs.length} ${jobs.length === 1 ? "job" : "jobs"}; press Ctrl-C to stop`,
  });
  if (!context.signal.aborted) await once(context.signal, "abort");
  for (const stop of stops) stop();
  await drain(running, stopJobs, options);
  return { executions };
}

/** Delay in milliseconds, less than `jitterMs`; always the same for the same job, time and folder. */
export function jitterOf(
  { name, jitterMs }: Pick<ScheduledJob, "name" | "jitterMs">,
  time: Date,
  folder: string,
): number {
  if (jitterMs === 0) return 0;
  const hash = createHash("sha256").update(`${folder}\n${name}\n${time.toISOString()}`).digest();
  return Math.floor((hash.readUInt32BE(0) / 2 ** 32) * jitterMs);
}

type Start = JobRequest & { readonly dueAt: Date };

/** Reports a failed job as a warning; the daemon and the other jobs continue. */
async function execute(job: ScheduledJob, request: Start, options: RunScheduleOptions): Promise<void> {
  const { context, paths } = options.workspace;
  const stage = `schedule ${job.name}`;
  try {
    const delay = request.trigger === "missed" ? 0 : jitterOf(job, request.dueAt, paths.workspace);
    if (delay > 0) await sleep(delay, undefined, { signal: context.signal }).catch(() => {});
    if (context.signal.aborted) return;
    context.emit({ type: "stage", stage, message: `started ${context.now().toISOString()}` });
    const execution = await executeJob(job, request, options);
    const { isFine, message } = describeExecution(execution);
    context.emit({ type: isFine ? "stage" : "warning", stage, message });
  } catch (error) {
    warnAbout(error, stage, context);
  }
}

/** Any error (a full disk, a bug) becomes a warning: the daemon keeps running, and the next run may succeed. */
function warnAbout(error: unknown, stage: string, context: Context): void {
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof MlctlError && error.hint !== undefined ? { hint: error.hint } : {};
  context.emit({ type: "warning", stage, message, ...hint });
}

/** Runs the job once for all missed times: training five times on the same data gains nothing. */
async function catchUp(
  job: ScheduledJob,
  missed: MissedTimes,
  options: RunScheduleOptions,
  start: (job: ScheduledJob, dueAt: Date, trigger: "missed") => Promise<void>,
): Promise<void> {
  if (job.missed === "skip") return skip(job, missed.latest, describeMissed(missed), options);
  options.workspace.context.emit({
    type: "warning",
    stage: `schedule ${job.name}`,
    message: `${describeMissed(missed)}: running the job now`,
  });
  await start(job, missed.latest, "missed");
}

function skip(job: ScheduledJob, time: Date, reason: string, options: RunScheduleOptions): void {
  const { context } = options.workspace;
  context.emit({
    type: "warning",
    stage: `schedule ${job.name}`,
    message: `skipped at ${time.toISOString()}: ${reason}`,
  });
  try {
    skipJob(job, { trigger: "missed", dueAt: time }, reason, options);
  } catch (error) {
    warnAbout(error, `schedule ${job.name}`, context);
  }
}

async function drain(
  running: ReadonlySet<Promise<void>>,
  stopJobs: AbortController,
  { drainMs, workspace: { context } }: RunScheduleOptions,
): Promise<void> {
  if (running.size === 0) return;
  const { reason } = context.signal as { reason: unknown };
  const isTerminated = reason instanceof MlctlError && reason.kind === "terminated";
  const message = `waiting for ${running.size} running ${running.size === 1 ? "job" : "jobs"} to end`;
  context.emit({ type: "stage", stage: "schedule", message });
  const timer = setTimeout(() => stopJobs.abort(), isTerminated ? drainMs : 0);
  await Promise.all(running);
  clearTimeout(timer);
}

function describeExecution(execution: Execution | "done_before"): {
  readonly message: string;
  readonly isFine: boolean;
} {
  if (execution === "done_before") return { message: "already ran for this time", isFine: true };
  const { status, seconds, exitCode, reason, log } = execution;
  const after = `after ${(seconds ?? 0).toFixed(1)} s`;
  if (status === "done") return { message: `done ${after}`, isFine: true };
  if (status === "skipped") return { message: `skipped: ${reason}`, isFine: false };
  if (status === "timed_out") return { message: `timed out and was stopped ${after}: see ${log}`, isFine: false };
  const kind = Object.entries(exitCodes).find(([, code]) => code === exitCode)?.[0];
  const how =
    exitCode === null ? (reason ?? "ended") : `exited with code ${exitCode}${kind === undefined ? "" : ` (${kind})`}`;
  return { message: `${how} ${after}: see ${log}`, isFine: false };
}

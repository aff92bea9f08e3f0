/** Runs a job now: by hand, or for cron and systemd, which handle time zones, overlap and missed runs less well. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Execution } from "../../core/records/execution.ts";
import { latestTime } from "./cron.ts";
import { executeJob, skipJob, type JobPlace, type JobRequest } from "./executeJob.ts";
import { recentExecutions } from "./executionLog.ts";
import { describeMissed, missedTimes } from "./jobStatus.ts";
import { jitterOf } from "./runSchedule.ts";
import type { ScheduledJob } from "./scheduledJobs.ts";
import { expectations } from "./scheduleState.ts";

export interface RunJobOptions extends JobPlace {
  /** Run only if the job was due within this many milliseconds, after its jitter; undefined: run in any case. */
  readonly dueMs: number | undefined;
  readonly missed: boolean;
}

export interface RunJobResult {
  readonly job: string;
  /** "not_due": nothing was run because of `dueMs` or `missed`; "done_before": another scheduler ran the job for this time. */
  readonly status: Execution["status"] | "not_due" | "done_before";
  readonly execution: Execution | null;
}

export async function runJobNow(job: ScheduledJob, options: RunJobOptions): Promise<RunJobResult> {
  const { context, paths } = options.workspace;
  const nothing = { job: job.name, status: "not_due", execution: null } as const;
  if (options.missed) return (await runMissed(job, options)) ?? nothing;
  if (options.dueMs === undefined) return run(job, { trigger: "manual", dueAt: null }, options);
  const dueAt = latestTime(job, context.now(), options.dueMs);
  if (dueAt === undefined) return nothing;
  const passed = context.now().getTime() - dueAt.getTime();
  const delay = jitterOf(job, dueAt, paths.workspace) - passed;
  if (delay > 0) await sleep(delay, undefined, { signal: context.signal }).catch(() => {});
  context.signal.throwIfAborted();
  return run(job, { trigger: "schedule", dueAt }, options);
}

async function runMissed(job: ScheduledJob, options: RunJobOptions): Promise<RunJobResult | undefined> {
  const { context } = options.workspace;
  const executions = await recentExecutions(options.workspace, job.name);
  const missed = missedTimes(job, (await expectations(options.workspace))[job.name], executions, context.now());
  if (missed === undefined) return undefined;
  if (job.missed === "skip") {
    await skipJob(job, { trigger: "missed", dueAt: missed.latest }, describeMissed(missed), options);
    return undefined;
  }
  return run(job, { trigger: "missed", dueAt: missed.latest }, options);
}

type Request = Omit<JobRequest, "stop">;

async function run(job: ScheduledJob, request: Request, options: RunJobOptions): Promise<RunJobResult> {
  const execution = await executeJob(job, { ...request, stop: options.workspace.context.signal }, options);
  if (execution === "done_before") return { job: job.name, status: execution, execution: null };
  return { job: job.name, status: execution.status, execution };
}

/** How the jobs are: when they run next, how they ended last, and whether one did not run although it was due. */
import type { Finding } from "../../core/records/drift.ts";
import type { Execution } from "../../core/records/execution.ts";
import { shortTime } from "../../core/text/format.ts";
import { actualStatus } from "../../storage/records/actualStatus.ts";
import type { RunStore } from "../../storage/store/runStore.ts";
import type { WorkspacePaths } from "../../storage/files/workspacePaths.ts";
import { latestTime, nextTimes, timesAfter } from "./cron.ts";
import { unattendedExecutions } from "./executionLog.ts";
import type { ScheduledJob } from "./scheduledJobs.ts";
import { expectations, type Expectation, type Scheduler } from "./scheduleState.ts";

/** A start may be so late on a busy machine before it counts as missed. */
const GRACE_MILLISECONDS = 300_000;

/** Missed times are counted up to here. */
const MOST_MISSED = 1000;

/** Outcomes that are told of each job. */
const RECENT = 5;

export interface JobStatus {
  readonly name: string;
  readonly command: string;
  readonly cron: string;
  readonly timezone: string;
  /** Who was told to run it last; null: nobody, so that it is not waited for. */
  readonly scheduler: Scheduler | null;
  /** "unscheduled": nobody was told to run it; "overdue": it should have run and did not. */
  readonly status: "unscheduled" | "waiting" | "running" | "ok" | "failed" | "overdue";
  /** Times that passed without a run. */
  readonly missed: number;
  /** The first of them. */
  readonly overdueSince: string | null;
  readonly next: readonly string[];
  /** Newest first. */
  readonly last: readonly Outcome[];
}

export interface Outcome {
  readonly executionId: string;
  readonly status: Execution["status"];
  readonly trigger: Execution["trigger"];
  readonly dueAt: string | null;
  readonly startedAt: string;
  readonly seconds: number | null;
  readonly exitCode: number | null;
  readonly reason: string | null;
  readonly log: string | null;
}

export interface StatusOptions {
  readonly paths: WorkspacePaths;
  readonly store: RunStore;
  readonly now: Date;
  /** How many coming times. */
  readonly count: number;
}

export function jobStatuses(jobs: readonly ScheduledJob[], { paths, store, now, count }: StatusOptions): JobStatus[] {
  const expected = expectations(paths);
  return jobs.map((job) => {
    const executions = store.executions({ job: job.name, limit: RECENT });
    // However often somebody ran it by hand in between.
    const unattended = unattendedExecutions(store, job.name);
    const expectation = begun(expected[job.name], unattended);
    const missed = missedTimes(job, expectation, unattended, graced(job, now));
    return {
      name: job.name,
      command: job.words.join(" "),
      cron: job.cron,
      timezone: job.timezone,
      scheduler: expectation?.by ?? null,
      status: statusOf(expectation, newestOf(executions, unattended), missed !== undefined),
      missed: missed?.count ?? 0,
      overdueSince: missed?.first.toISOString() ?? null,
      next: nextTimes(job, count, now).map((time) => time.toISOString()),
      last: executions.map(outcomeOf),
    };
  });
}

export interface MissedTimes {
  readonly first: Date;
  readonly latest: Date;
  /** At most 1000. */
  readonly count: number;
}

/** Times since the last run, or since somebody was told to run the job, up to `until` that nothing ran for. */
export function missedTimes(
  job: ScheduledJob,
  told: Expectation | undefined,
  executions: readonly Execution[],
  until: Date,
): MissedTimes | undefined {
  const expected = begun(told, executions);
  if (expected === undefined || expected.cron !== job.cron || expected.timezone !== job.timezone) return undefined;
  const unattended = executions.filter(({ trigger }) => trigger !== "manual");
  if (unattended.some((execution) => actualStatus(execution) === "running")) return undefined;
  // Times that came while it ran were not missed.
  const seen = unattended.flatMap(({ dueAt, endedAt, startedAt }) => [dueAt ?? startedAt, endedAt ?? startedAt]);
  const from = new Date([expected.since, ...seen].toSorted().at(-1)!);
  let count = 0;
  let first: Date | undefined;
  for (const time of timesAfter(job, from)) {
    if (time > until || count >= MOST_MISSED) break;
    first ??= time;
    count++;
  }
  if (first === undefined) return undefined;
  return { first, latest: latestTime(job, until, until.getTime() - from.getTime()) ?? first, count };
}

/** Undefined while nobody has seen to it yet that the scheduler knows the job's files. */
function begun(expected: Expectation | undefined, executions: readonly Execution[]): Expectation | undefined {
  if (expected?.fromFirstRun !== true) return expected;
  const { since } = expected;
  return executions.some((each) => each.trigger !== "manual" && each.startedAt >= since) ? expected : undefined;
}

/**
 * Dead-man check: what came before this instant should have begun. Who catches up asks without such patience: a run
 * that is late already is not made later, and none comes twice for one time.
 */
export function graced({ jitterMs }: Pick<ScheduledJob, "jitterMs">, now: Date): Date {
  return new Date(now.getTime() - jitterMs - GRACE_MILLISECONDS);
}

/** For doctor: one finding for each job that somebody was told to run. */
export function scheduleFindings(statuses: readonly JobStatus[]): Finding[] {
  return statuses.flatMap((job): Finding[] => {
    const finding = { name: `job ${job.name}`, value: job.missed, limit: 0 };
    const [last] = job.last;
    if (job.status === "unscheduled") return [];
    if (job.status === "overdue") {
      const times = job.missed === 1 ? "one time" : `${job.missed} times`;
      const message = `did not run ${times} since ${shortTime(job.overdueSince!)}: look whether ${whoRuns(job.scheduler)} works`;
      return [{ ...finding, status: "fail", message }];
    }
    if (job.status === "failed") {
      const message = `${last!.status.replace("_", " ")} at ${last!.startedAt}: see ${last!.log ?? "its record"}`;
      return [{ ...finding, status: "warn", message }];
    }
    const message = job.status === "ok" ? `ran at ${last!.startedAt}` : job.status;
    return [{ ...finding, status: "pass", message: `${message}, next at ${job.next[0]}` }];
  });
}

export function whoRuns(scheduler: Scheduler | null): string {
  return scheduler === "crontab" ? "cron" : scheduler === "systemd" ? "its systemd timer" : "`mlctl schedule run`";
}

function statusOf(
  expected: Expectation | undefined,
  executions: readonly Execution[],
  isOverdue: boolean,
): JobStatus["status"] {
  const last = executions.map(actualStatus).find((status) => status !== "skipped");
  if (last === "running") return "running";
  if (isOverdue) return "overdue";
  if (expected === undefined && last === undefined) return "unscheduled";
  if (last === undefined) return "waiting";
  return last === "done" ? "ok" : "failed";
}

function newestOf(some: readonly Execution[], others: readonly Execution[]): Execution[] {
  return [...some, ...others].toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));
}

function outcomeOf(execution: Execution): Outcome {
  const { executionId, trigger, dueAt, startedAt, seconds, exitCode, reason, log } = execution;
  return { executionId, status: actualStatus(execution), trigger, dueAt, startedAt, seconds, exitCode, reason, log };
}

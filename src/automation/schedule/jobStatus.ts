/** Status of the scheduled jobs: next times, recent outcomes, and missed runs. */
import type { Finding } from "../../core/records/drift.ts";
import type { Execution } from "../../core/records/execution.ts";
import { counted, shortTime } from "../../core/text/format.ts";
import { actualStatus } from "../../storage/records/actualStatus.ts";
import type { Session } from "../../lifecycle/session.ts";
import { nextTimes, passedTimes, type CronJob, type MissedTimes } from "./cron.ts";
import { unattendedExecutions } from "./executionLog.ts";
import type { ScheduledJob } from "./scheduledJobs.ts";
import { expectations, type Expectation, type Scheduler } from "./scheduleState.ts";

/** How late a run may start, for example on a busy machine, before it counts as missed. */
const GRACE_MILLISECONDS = 300_000;

/** Number of outcomes to report for each job. */
const RECENT = 5;

export interface JobStatus extends CronJob {
  readonly command: string;
  /** The scheduler that the job was last installed in; null: none, so no run is expected. */
  readonly scheduler: Scheduler | null;
  /** "unscheduled": not installed in any scheduler; "overdue": the job should have run and did not. */
  readonly status: "unscheduled" | "waiting" | "running" | "ok" | "failed" | "overdue";
  /** Number of times that passed without a run, at most 1000. */
  readonly missed: number;
  readonly overdueSince: string | null;
  readonly next: readonly string[];
  /** Newest first. */
  readonly last: readonly Outcome[];
}

export type Outcome = Pick<
  Execution,
  "executionId" | "status" | "trigger" | "dueAt" | "startedAt" | "seconds" | "exitCode" | "reason" | "log"
>;

/** @param count number of next times to return */
export async function jobStatuses(
  jobs: readonly ScheduledJob[],
  { records, store }: Pick<Session, "records" | "store">,
  { now, count }: { readonly now: Date; readonly count: number },
): Promise<JobStatus[]> {
  const expected = await expectations({ records });
  return jobs.map((job) => {
    const executions = store.executions({ job: job.name, limit: RECENT });
    // Read separately: many manual runs would push the unattended ones out of the limit.
    const unattended = unattendedExecutions(store, job.name);
    const expectation = activeExpectation(expected[job.name], unattended);
    const missed = missedTimes(job, expectation, unattended, overdueCutoff(job, now));
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

/** Times without a run, from the last run (or the installation of the job) up to `until`. */
export function missedTimes(
  job: ScheduledJob,
  expectation: Expectation | undefined,
  executions: readonly Execution[],
  until: Date,
): MissedTimes | undefined {
  const expected = activeExpectation(expectation, executions);
  if (expected === undefined || expected.cron !== job.cron || expected.timezone !== job.timezone) return undefined;
  const unattended = executions.filter(({ trigger }) => trigger !== "manual");
  if (unattended.some((execution) => actualStatus(execution) === "running")) return undefined;
  // Times that passed while the job was running were not missed.
  const seen = unattended.flatMap(({ dueAt, endedAt, startedAt }) => [dueAt ?? startedAt, endedAt ?? startedAt]);
  const from = new Date([expected.since, ...seen].toSorted().at(-1)!);
  return passedTimes(job, from, until);
}

export function describeMissed({ first, latest, count }: MissedTimes): string {
  const time = `the scheduled time ${latest.toISOString()}`;
  return `${count === 1 ? time : `${count} scheduled times since ${first.toISOString()}`} passed without a run`;
}

/** Undefined for an expectation that starts with the first unattended run, until that run has happened. */
function activeExpectation(expected: Expectation | undefined, executions: readonly Execution[]) {
  if (expected?.fromFirstRun !== true) return expected;
  const { since } = expected;
  return executions.some((each) => each.trigger !== "manual" && each.startedAt >= since) ? expected : undefined;
}

/**
 * Runs due before this time should have started. Used for status only: catching up on missed runs applies no grace
 * period, because that would only delay a late run, and no run happens twice for one time.
 */
export function overdueCutoff({ jitterMs }: Pick<ScheduledJob, "jitterMs">, now: Date): Date {
  return new Date(now.getTime() - jitterMs - GRACE_MILLISECONDS);
}

/** For `mlctl doctor`: one finding for each job that is installed or has run. */
export function scheduleFindings(statuses: readonly JobStatus[]): Finding[] {
  return statuses.flatMap((job): Finding[] => {
    const finding = { name: `job ${job.name}`, value: job.missed, limit: 0 };
    const [last] = job.last;
    if (job.status === "unscheduled") return [];
    if (job.status === "overdue") {
      const message = `missed ${counted(job.missed, "run")} since ${shortTime(job.overdueSince!)}: check that ${schedulerName(job.scheduler)} is working`;
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

function schedulerName(scheduler: Scheduler | null): string {
  return scheduler === "crontab" ? "cron" : scheduler === "systemd" ? "its systemd timer" : "`mlctl schedule run`";
}

type Status = JobStatus["status"];

function statusOf(expected: Expectation | undefined, executions: readonly Execution[], isOverdue: boolean): Status {
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

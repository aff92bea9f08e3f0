/** Status of the scheduled jobs: next times, recent outcomes, and missed runs. */
import { MlctlError } from "../../core/errors.ts";
import { finding, type Finding } from "../../core/records/monitoring.ts";
import type { Execution } from "../../core/records/execution.ts";
import { counted, shortTime } from "../../core/text/format.ts";
import type { Session } from "../../lifecycle/session.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { actualStatus } from "../../storage/records/recordFiles.ts";
import { nextTimes, passedTimes, type CronJob, type MissedTimes } from "./cron.ts";
import { endedBy, unattendedExecutions } from "./executionLog.ts";
import type { ScheduledJob } from "./scheduledJobs.ts";

type Scheduler = "daemon" | "crontab" | "systemd";

interface Expectation {
  readonly cron: string;
  readonly timezone: string;
  readonly since: string;
  readonly by: Scheduler;
  /** The files may wait for a review in the scheduler: expect runs only after the first one. */
  readonly fromFirstRun?: boolean;
}

type State = Readonly<Record<string, Expectation>>;
type Place = Pick<Workspace, "records">;

export async function expectations({ records }: Place): Promise<State> {
  return stateOf(await records.state("schedule"));
}

/**
 * Expects `jobs` and no others. A job whose times did not change keeps its `since`.
 * @param how.fromFirstRun the scheduler does not read the files yet: the previous one goes on, so existing expectations stay
 */
export function expectJobs(
  place: Place,
  jobs: readonly CronJob[],
  { by, now, fromFirstRun = false }: Pick<Expectation, "by" | "fromFirstRun"> & { readonly now: Date },
) {
  return save(place, (before) =>
    Object.fromEntries(
      jobs.map(({ name, cron, timezone }): readonly [string, Expectation] => {
        const known = before[name];
        const isSame = known?.cron === cron && known.timezone === timezone;
        if (isSame && fromFirstRun) return [name, known];
        // No run was expected yet for files that were only written.
        const since = isSame && known.fromFirstRun !== true ? known.since : now.toISOString();
        return [name, { cron, timezone, since, by, ...(fromFirstRun && { fromFirstRun }) }];
      }),
    ),
  );
}

export function moveExpectations(place: Place, from: Scheduler, to: Scheduler): Promise<void> {
  const moved = (job: Expectation): Expectation => (job.by === from ? { ...job, by: to } : job);
  return save(place, (before) => Object.fromEntries(Object.entries(before).map(([name, job]) => [name, moved(job)])));
}

export function clearExpectations(place: Place, from: readonly Scheduler[]): Promise<void> {
  return save(place, (before) => Object.fromEntries(Object.entries(before).filter(([, { by }]) => !from.includes(by))));
}

async function save({ records }: Place, change: (before: State) => State): Promise<void> {
  await records.state("schedule", (text) => {
    const before = stateOf(text);
    const after = change(before);
    if (JSON.stringify(after) === JSON.stringify(before)) return text;
    if (Object.keys(after).length === 0) return null;
    return `${JSON.stringify({ kind: "schedule_state", jobs: after }, null, 2)}\n`;
  });
}

function stateOf(text: string | null): State {
  if (text === null) return {};
  try {
    return (JSON.parse(text) as { jobs: State }).jobs ?? {};
  } catch (error) {
    throw new MlctlError("data", "cannot read the schedule state, jobs.json among the executions", {
      hint: "delete it, then run `mlctl schedule install` or `schedule run` again",
      cause: error,
    });
  }
}

const GRACE_MILLISECONDS = 300_000;

const RECENT = 5;

export type JobStatus = Awaited<ReturnType<typeof jobStatuses>>[number];

/**
 * "unscheduled": nothing seems to run it; "overdue": the job should have run and did not; "findings": it ran, and --fail-on
 * ended it.
 */
type Status = "unscheduled" | "waiting" | "running" | "ok" | "findings" | "failed" | "overdue";

/** @returns per job; `scheduler`: where it was last installed, null if nowhere, so that no run is expected */
export async function jobStatuses(
  jobs: readonly ScheduledJob[],
  { records, store }: Pick<Session, "records" | "store">,
  { now, count }: { readonly now: Date; readonly count: number },
) {
  const expected = await expectations({ records });
  return jobs.map((job) => {
    const executions = store.executions({ job: job.name, limit: RECENT });
    // Read separately: many manual runs would push the unattended ones out of the limit.
    const unattended = unattendedExecutions(store, job.name);
    const expectation = activeExpectation(expected[job.name], unattended);
    const until = overdueCutoff(job, now);
    const missed = missedTimes(job, expectation, unattended, until);
    // Runs by hand, and those of a scheduler that has stopped since, are no sign that anything runs it.
    const newest = unattended
      .map(({ dueAt, startedAt }) => dueAt ?? startedAt)
      .toSorted()
      .at(-1);
    const isExpected = expected[job.name] !== undefined;
    const isRun = isExpected || (newest !== undefined && !passedTimes(job, new Date(newest), until));
    return {
      name: job.name,
      command: job.words.join(" "),
      cron: job.cron,
      timezone: job.timezone,
      scheduler: expectation?.by ?? null,
      status: statusOf(newestOf(executions, unattended), { isRun, isOverdue: missed !== undefined }),
      missed: missed?.count ?? 0,
      overdueSince: missed?.first.toISOString() ?? null,
      next: nextTimes(job, count, now).map((time) => time.toISOString()),
      last: executions.map(outcomeOf),
    };
  });
}

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

/** For the status only: catching up applies no grace period, because no run happens twice for one time. */
export function overdueCutoff({ jitterMs }: Pick<ScheduledJob, "jitterMs">, now: Date): Date {
  return new Date(now.getTime() - jitterMs - GRACE_MILLISECONDS);
}

export function scheduleFindings(statuses: readonly JobStatus[]): Finding[] {
  return statuses.map((job) => {
    const [last] = job.last;
    const is = (status: Finding["status"], message: string): Finding =>
      finding(`job ${job.name}`, status, message, [job.missed, 0]);
    switch (job.status) {
      case "unscheduled": {
        const ran = last === undefined ? "it never ran" : `it last ran at ${last.startedAt}`;
        return is("warn", `no scheduler of this machine has it, and ${ran}: \`mlctl schedule install\``);
      }
      case "overdue": {
        const what = `missed ${counted(job.missed, "run")} since ${shortTime(job.overdueSince!)}`;
        return is("fail", `${what}: check that ${schedulerName(job.scheduler)} is working`);
      }
      case "findings": {
        const { startedAt, exitCode, log } = last!;
        const area = endedBy(exitCode);
        return is("warn", `ran at ${startedAt}, and found a problem in ${area}: see ${log ?? "its record"}`);
      }
      case "failed": {
        const { status, startedAt, reason, log } = last!;
        const why = reason === null ? "" : `${reason}; `;
        return is("warn", `${status.replace("_", " ")} at ${startedAt}: ${why}see ${log ?? "its record"}`);
      }
      default: {
        const ran = job.status === "ok" ? `ran at ${last!.startedAt}` : job.status;
        return is("pass", `${ran}, next at ${job.next[0]}`);
      }
    }
  });
}

function schedulerName(scheduler: Scheduler | null): string {
  return scheduler === "crontab" ? "cron" : scheduler === "systemd" ? "its systemd timer" : "`mlctl schedule run`";
}

function statusOf(
  executions: readonly Execution[],
  { isRun, isOverdue }: { readonly isRun: boolean; readonly isOverdue: boolean },
): Status {
  const last = executions.map(outcomeStatus).find((status) => status !== "skipped");
  if (last === "running") return "running";
  if (isOverdue) return "overdue";
  if (!isRun && last !== "failed" && last !== "findings") return "unscheduled";
  if (last === undefined) return "waiting";
  return last === "done" ? "ok" : last === "findings" ? last : "failed";
}

function newestOf(some: readonly Execution[], others: readonly Execution[]): Execution[] {
  return [...some, ...others].toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));
}

function outcomeStatus(execution: Execution) {
  const status = actualStatus(execution);
  return status === "failed" && endedBy(execution.exitCode) !== undefined ? "findings" : status;
}

function outcomeOf(execution: Execution) {
  const { executionId, trigger, dueAt, startedAt, seconds, exitCode, reason, log } = execution;
  return { executionId, status: outcomeStatus(execution), trigger, dueAt, startedAt, seconds, exitCode, reason, log };
}

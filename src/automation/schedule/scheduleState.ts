/** Stores since when each job is expected to run, to tell a job that never ran from one that was never installed. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import type { WorkspacePaths } from "../../storage/files/workspacePaths.ts";
import { scheduleFolder } from "../../storage/records/workspaceRecord.ts";
import type { CronJob } from "./cron.ts";

export type Scheduler = "daemon" | "crontab" | "systemd";

export interface Expectation {
  readonly cron: string;
  readonly timezone: string;
  /** ISO 8601 UTC. */
  readonly since: string;
  readonly by: Scheduler;
  /** The job's files are not yet active in the scheduler (they may need a review): expect runs only after the first one. */
  readonly fromFirstRun?: boolean;
}

type State = Readonly<Record<string, Expectation>>;

export function expectations(paths: WorkspacePaths): State {
  const path = statePath(paths);
  if (!existsSync(path)) return {};
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as { jobs: State }).jobs ?? {};
  } catch (error) {
    throw new MlctlError("data", `cannot read the schedule state ${path}`, {
      hint: "delete it, then run `mlctl schedule install` or `schedule run` again",
      cause: error,
    });
  }
}

/** Expects `jobs` and no others. A job whose times did not change keeps its `since`. */
export function expectJobs(paths: WorkspacePaths, jobs: readonly CronJob[], by: Scheduler, now: Date): void {
  const before = expectations(paths);
  const state = Object.fromEntries(
    jobs.map(({ name, cron, timezone }) => {
      const known = before[name];
      // No run was expected yet for files that were only written.
      const same = known?.cron === cron && known.timezone === timezone && known.fromFirstRun !== true;
      return [name, { cron, timezone, since: same ? known.since : now.toISOString(), by }];
    }),
  );
  save(paths, before, state);
}

/**
 * For files that the scheduler does not read yet. The previous scheduler keeps running the jobs until then, so existing
 * expectations stay.
 */
export function expectFromFirstRun(paths: WorkspacePaths, jobs: readonly CronJob[], by: Scheduler, now: Date): void {
  const before = expectations(paths);
  const state = jobs.map(({ name, cron, timezone }): readonly [string, Expectation] => {
    const known = before[name];
    const isSame = known?.cron === cron && known.timezone === timezone;
    return [name, isSame ? known : { cron, timezone, since: now.toISOString(), by, fromFirstRun: true }];
  });
  save(paths, before, Object.fromEntries(state));
}

/** Moves the expectations of scheduler `from` to `to`, which has the same jobs. */
export function moveExpectations(paths: WorkspacePaths, from: Scheduler, to: Scheduler): void {
  const before = expectations(paths);
  const moved = Object.entries(before).map(([name, job]) => [name, job.by === from ? { ...job, by: to } : job]);
  save(paths, before, Object.fromEntries(moved) as State);
}

export function clearExpectations(paths: WorkspacePaths, from: readonly Scheduler[]): void {
  const before = expectations(paths);
  save(paths, before, Object.fromEntries(Object.entries(before).filter(([, { by }]) => !from.includes(by))));
}

function save(paths: WorkspacePaths, before: State, state: State): void {
  if (JSON.stringify(state) === JSON.stringify(before)) return;
  if (Object.keys(state).length === 0) return rmSync(statePath(paths), { force: true });
  atomicWrite(statePath(paths), `${JSON.stringify({ kind: "schedule_state", jobs: state }, null, 2)}\n`);
}

function statePath(paths: WorkspacePaths): string {
  return join(scheduleFolder(paths), "jobs.json");
}

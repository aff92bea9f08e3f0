/** Since when each job is expected to run: what tells a job that never ran from one that was never installed. */
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
  /** Its files lie where the scheduler does not look, perhaps to be read first: it is waited for from its first run on. */
  readonly fromFirstRun?: boolean;
}

type State = Readonly<Record<string, Expectation>>;

export function expectations(paths: WorkspacePaths): State {
  const path = statePath(paths);
  if (!existsSync(path)) return {};
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as { jobs: State }).jobs ?? {};
  } catch (error) {
    throw new MlctlError("data", `the state of the schedule ${path} cannot be read`, {
      hint: "delete it, then run `mlctl schedule install` or `schedule run` again",
      cause: error,
    });
  }
}

/** A job whose times stay keeps its date; one that is not among `jobs` any more is expected no longer. */
export function expect(paths: WorkspacePaths, jobs: readonly CronJob[], by: Scheduler, now: Date): void {
  const before = expectations(paths);
  const state = Object.fromEntries(
    jobs.map(({ name, cron, timezone }) => {
      const known = before[name];
      // Of files that were only written nobody was waiting yet.
      const same = known?.cron === cron && known.timezone === timezone && known.fromFirstRun !== true;
      return [name, { cron, timezone, since: same ? known.since : now.toISOString(), by }];
    }),
  );
  save(paths, before, state);
}

/**
 * Files were written that the scheduler does not know yet. Who ran the jobs until now runs them until it does: what is
 * expected of somebody already stays so.
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

/** Takes from the account of `from` to that of `to`, who has the same jobs. */
export function expectBy(paths: WorkspacePaths, from: Scheduler, to: Scheduler): void {
  const before = expectations(paths);
  const moved = Object.entries(before).map(([name, job]) => [name, job.by === from ? { ...job, by: to } : job]);
  save(paths, before, Object.fromEntries(moved) as State);
}

/** Nothing is expected of these any more. */
export function expectNothing(paths: WorkspacePaths, from: readonly Scheduler[]): void {
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

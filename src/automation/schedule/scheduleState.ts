/** Stores since when each job is expected to run, to tell a job that never ran from one that was never installed. */
import { MlctlError } from "../../core/errors.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
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
type Place = Pick<Workspace, "records">;

/** @throws {MlctlError} kind "data" if the state is damaged */
export async function expectations({ records }: Place): Promise<State> {
  return stateOf(await records.state("schedule"));
}

/** Expects `jobs` and no others. A job whose times did not change keeps its `since`. */
export function expectJobs(place: Place, jobs: readonly CronJob[], by: Scheduler, now: Date): Promise<void> {
  return save(place, (before) =>
    Object.fromEntries(
      jobs.map(({ name, cron, timezone }) => {
        const known = before[name];
        // No run was expected yet for files that were only written.
        const same = known?.cron === cron && known.timezone === timezone && known.fromFirstRun !== true;
        return [name, { cron, timezone, since: same ? known.since : now.toISOString(), by }];
      }),
    ),
  );
}

/**
 * For files that the scheduler does not read yet. The previous scheduler keeps running the jobs until then, so existing
 * expectations stay.
 */
export function expectFromFirstRun(place: Place, jobs: readonly CronJob[], by: Scheduler, now: Date): Promise<void> {
  return save(place, (before) =>
    Object.fromEntries(
      jobs.map(({ name, cron, timezone }): readonly [string, Expectation] => {
        const known = before[name];
        const isSame = known?.cron === cron && known.timezone === timezone;
        return [name, isSame ? known : { cron, timezone, since: now.toISOString(), by, fromFirstRun: true }];
      }),
    ),
  );
}

/** Moves the expectations of scheduler `from` to `to`, which has the same jobs. */
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

/** Times from cron expressions, and jobs that run at them. */
import { createTask, validateDetailed, type Logger, type ScheduledTask } from "node-cron";
import { MlctlError } from "../core/errors.ts";

/** One entry of `schedule` in config.json. */
export interface CronJob {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
}

/** What matters is told by the caller; node-cron's own lines would stand among the rows of a pipe. */
const silent: Logger = { info() {}, warn() {}, error() {}, debug() {} };

/** @throws {MlctlError} kind "usage" naming the job and what is wrong with its expression or time zone */
export function nextTimes(job: CronJob, count: number): Date[] {
  const task = taskOf(job, () => {});
  try {
    return task.getNextRuns(count);
  } finally {
    void task.destroy();
  }
}

/** Runs `work` at the job's times, never twice at once. @returns stops it */
export function onSchedule(job: CronJob, work: () => Promise<void>): () => Promise<void> {
  const task = taskOf(job, work);
  void task.start();
  return async () => {
    await task.destroy();
  };
}

function taskOf(job: CronJob, work: () => unknown): ScheduledTask {
  const { name, cron, timezone } = job;
  const { valid, errors } = validateDetailed(cron);
  if (!valid) {
    const details = errors.map(({ message }) => message);
    throw new MlctlError("usage", `schedule "${name}": ${JSON.stringify(cron)} is not a cron expression`, {
      details,
      hint: "five fields: minute hour day month weekday, such as */10 * * * *",
    });
  }
  if (!isTimezone(timezone)) {
    throw new MlctlError("usage", `schedule "${name}": there is no time zone ${JSON.stringify(timezone)}`, {
      hint: "name one like Europe/Oslo or UTC",
    });
  }
  return createTask(cron, work, { name, timezone, noOverlap: true, logger: silent });
}

function isTimezone(timezone: string): boolean {
  try {
    Intl.DateTimeFormat("en", { timeZone: timezone });
    return true;
  } catch {
    return false;
  }
}

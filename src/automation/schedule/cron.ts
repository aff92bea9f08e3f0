/** Times from cron expressions, and work that is done at them: the only door to node-cron. */
import { createTask, parse, validateDetailed, type Logger, type ParsedFields, type ScheduledTask } from "node-cron";
import { MlctlError } from "../../core/errors.ts";
import { isZone, localTime, utcOf, type LocalTime } from "./localTime.ts";

/** When a job runs. */
export interface CronJob {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
}

/** The numbers that each field of an expression stands for. */
export type CronFields = ParsedFields;

/** What happens at the times of a job. */
export interface CronWork {
  readonly due: (time: Date) => Promise<void>;
  /** The work of an earlier time is not done yet. */
  readonly overlap: (time: Date) => void;
  /** The machine slept, or this process was too busy. */
  readonly missed: (time: Date) => void;
}

/** Leap years are eight years apart around 2100. */
const MOST_DAYS = 366 * 9;

/** What matters is told by the caller; node-cron's own lines would stand among the rows of a pipe. */
const silent: Logger = { info() {}, warn() {}, error() {}, debug() {} };

/** The coming times. @throws {MlctlError} kind "usage" naming the job and what is wrong with its expression or zone */
export function nextTimes(job: CronJob, count: number, after: Date): Date[] {
  const times: Date[] = [];
  for (const time of timesAfter(job, after)) {
    if (times.push(time) >= count) break;
  }
  return times;
}

/**
 * All times later than `after`, in order, as node-cron sees them: a day must fit both the day of the month and the
 * weekday; a time that the clock leaps over is left out, one that comes twice comes once.
 */
export function* timesAfter(job: CronJob, after: Date): Generator<Date, void> {
  const fields = cronFields(job);
  const task = taskOf(job, () => {});
  const day = taskOf({ ...job, cron: dayPattern(job.cron), timezone: "UTC" }, () => {});
  const from = localTime(after.getTime(), job.timezone);
  try {
    for (let i = 0; i < MOST_DAYS; i++) {
      const midnight = new Date(Date.UTC(from.year, from.month - 1, from.day + i));
      if (!day.match(midnight)) continue;
      const date = { year: midnight.getUTCFullYear(), month: midnight.getUTCMonth() + 1, day: midnight.getUTCDate() };
      for (const clock of clockTimes(fields, i === 0 ? from : undefined)) {
        const time = new Date(utcOf({ ...date, ...clock }, job.timezone));
        if (time > after && task.match(time)) yield time;
      }
    }
  } finally {
    void task.destroy();
    void day.destroy();
  }
}

const FIRST_SPAN = 60_000;

/** The newest time of the job in the last `withinMs`. */
export function latestTime(job: CronJob, now: Date, withinMs: number): Date | undefined {
  // A short while first: a job of every second has millions of times in a month.
  for (let span = FIRST_SPAN; ; span *= 24) {
    const from = new Date(now.getTime() - Math.min(span, withinMs));
    let latest: Date | undefined;
    for (const time of timesAfter(job, from)) {
      if (time > now) break;
      latest = time;
    }
    if (latest !== undefined || span >= withinMs) return latest;
  }
}

/** Every field as the numbers it stands for; days may hold L, W and # besides. */
export function cronFields(job: CronJob): CronFields {
  checkJob(job);
  return parse(job.cron.trim());
}

/** Between two times of one day, also where midnight lies between. */
export function leastMinutes(job: CronJob): number {
  const { hour: hours, minute: minutes } = cronFields(job);
  const times = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)).toSorted((a, b) => a - b);
  const gaps = times.map((time, i) => (times[i + 1] ?? times[0]! + 1440) - time);
  return Math.min(...gaps);
}

/** Does the work at the job's times, never twice at once. @returns stops it */
export function onSchedule(job: CronJob, work: CronWork): () => Promise<void> {
  checkJob(job);
  const task = taskOf(job, ({ date }) => work.due(date));
  task.on("execution:overlap", ({ date }) => work.overlap(date));
  task.on("execution:missed", ({ date }) => work.missed(date));
  void task.start();
  return async () => {
    await task.destroy();
  };
}

function* clockTimes(
  fields: CronFields,
  from: LocalTime | undefined,
): Generator<Pick<LocalTime, "hour" | "minute" | "second">> {
  const [hours, minutes, seconds] = [fields.hour, fields.minute, fields.second].map((values) =>
    values.toSorted((a, b) => a - b),
  ) as [number[], number[], number[]];
  for (const hour of hours) {
    if (from !== undefined && hour < from.hour) continue;
    for (const minute of minutes) {
      if (from !== undefined && hour === from.hour && minute < from.minute) continue;
      for (const second of seconds) yield { hour, minute, second };
    }
  }
}

/** The same days at midnight. */
function dayPattern(cron: string): string {
  return `0 0 0 ${cron.trim().split(/\s+/).slice(-3).join(" ")}`;
}

/** Of the minute on; an expression of six fields begins with the second. */
const fieldRules: readonly (readonly [key: string, name: string, allowed: string])[] = [
  ["second", "second", "0 to 59"],
  ["minute", "minute", "0 to 59"],
  ["hour", "hour", "0 to 23"],
  ["dayOfMonth", "day of the month", "1 to 31, L for the last, 15W for the weekday next to it"],
  ["month", "month", "1 to 12 or jan to dec"],
  ["dayOfWeek", "weekday", "0 to 7 or sun to sat, 5L for the last of the month, 1#2 for the second"],
];

function fieldProblem({ field, value = "" }: { field: string; value?: string }, cron: string): string {
  const place = fieldRules.findIndex(([key]) => key === field);
  const fields = cron.trim().split(/\s+/);
  const [, name, allowed] = fieldRules[place] ?? [];
  if (name === undefined) {
    const isCount = fields.length < 5 || fields.length > 6;
    return isCount ? `it has ${fields.length} fields, allowed 5 or 6` : "it has a sign that no field may have";
  }
  const at = `field ${place + 1 - (6 - fields.length)}, the ${name}`;
  // A day that is right by itself is in none of these months.
  const alone = [...fields.slice(0, -2), "*", "*"].join(" ");
  if (field === "dayOfMonth" && validateDetailed(alone).valid)
    return `${at}: found ${JSON.stringify(value)}, which no month of ${JSON.stringify(fields.at(-2))} has`;
  return `${at}: found ${JSON.stringify(value)}, allowed ${allowed}`;
}

function checkJob({ name, cron, timezone }: CronJob): void {
  const { valid, errors } = validateDetailed(cron);
  if (!valid) {
    throw new MlctlError("usage", `schedule "${name}": ${JSON.stringify(cron)} is not a cron expression`, {
      details: errors.map((error) => fieldProblem(error, cron)),
      hint: "five fields: minute hour day month weekday, such as */10 * * * *",
    });
  }
  if (!isZone(timezone)) {
    throw new MlctlError("usage", `schedule "${name}": there is no time zone ${JSON.stringify(timezone)}`, {
      hint: "name one like Europe/Oslo or UTC",
    });
  }
}

function taskOf({ name, cron, timezone }: CronJob, work: Parameters<typeof createTask>[1]): ScheduledTask {
  return createTask(cron.trim(), work, { name, timezone, noOverlap: true, logger: silent });
}

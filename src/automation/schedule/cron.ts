/** Computes the times of cron expressions and runs work at these times. */
import { createTask, parse, validateDetailed, type ParsedFields } from "node-cron";
import { MlctlError } from "../../core/errors.ts";
import { MILLISECONDS_A_DAY } from "../../core/text/format.ts";
import { isZone, localTime, utcOf } from "./localTime.ts";

export interface CronJob {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
}

export type CronFields = ParsedFields;

interface CronWork {
  readonly due: (time: Date) => Promise<void>;
  readonly overlap: (time: Date) => void;
  /** The machine slept, or this process was too busy. Called once for all times that passed. */
  readonly missed: (missed: MissedTimes) => void;
}

export interface MissedTimes {
  readonly first: Date;
  readonly latest: Date;
  readonly count: number;
}

const MAX_MISSED = 1000;

const TOLERANCE_MILLISECONDS = 1000;

/** Timers stand still while the machine sleeps, so the clock is read at least this often. */
const BEAT_MILLISECONDS = 60_000;

const MINUTE_MILLISECONDS = 60_000;

/** Nine years, because the leap years around 2100 are eight years apart. */
const MAX_DAYS = 366 * 9;

/** The next `count` times. @throws {MlctlError} kind "usage" with the job and the error in its expression or time zone */
export function nextTimes(job: CronJob, count: number, after: Date): Date[] {
  return timesAfter(job, after).take(count).toArray();
}

/** All later times, in order. Day and weekday must both match; a local time that daylight saving skips is left out. */
export function* timesAfter(job: CronJob, after: Date): Generator<Date, void> {
  const fields = cronFields(job);
  const day = createTask(dayPattern(job.cron), () => {}, { timezone: "UTC" });
  const from = localTime(after.getTime(), job.timezone);
  const midnight = Math.floor(from / MILLISECONDS_A_DAY) * MILLISECONDS_A_DAY;
  try {
    for (let date = midnight; date < midnight + MAX_DAYS * MILLISECONDS_A_DAY; date += MILLISECONDS_A_DAY) {
      if (!day.match(new Date(date))) continue;
      for (const clock of clockMinutes(fields)) {
        const start = date + clock * MINUTE_MILLISECONDS;
        if (start + MINUTE_MILLISECONDS <= from) continue;
        for (const second of inOrder(fields.second)) {
          const time = utcOf(start + second * 1000, job.timezone);
          if (time !== undefined && time > after.getTime()) yield new Date(time);
        }
      }
    }
  } finally {
    void day.destroy();
  }
}

export function latestTime(job: CronJob, now: Date, withinMs: number): Date | undefined {
  // Start with a short span: a job that runs every second has millions of times in a month.
  for (let span = MINUTE_MILLISECONDS; ; span *= 24) {
    const from = new Date(now.getTime() - Math.min(span, withinMs));
    let latest: Date | undefined;
    for (const time of timesAfter(job, from)) {
      if (time > now) break;
      latest = time;
    }
    if (latest !== undefined || span >= withinMs) return latest;
  }
}

export function cronFields(job: CronJob): CronFields {
  checkJob(job);
  return parse(job.cron.trim());
}

/** The shortest interval between two times of the job in minutes, also across midnight. */
export function shortestInterval(job: CronJob): number {
  const times = clockMinutes(cronFields(job));
  const gaps = times.map((time, i) => (times[i + 1] ?? times[0]! + 1440) - time);
  return Math.min(...gaps);
}

/** The times later than `from`, up to `until`; undefined if there are none. */
export function passedTimes(job: CronJob, from: Date, until: Date): MissedTimes | undefined {
  const times: Date[] = [];
  for (const time of timesAfter(job, from).take(MAX_MISSED)) {
    if (time > until) break;
    times.push(time);
  }
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const isCut = times.length === MAX_MISSED;
  const latest = (isCut ? latestTime(job, until, until.getTime() - from.getTime()) : undefined) ?? last;
  return { first, latest, count: times.length };
}

/** Runs the work at the times of `timesAfter`, never two runs at once. @returns a function that stops it */
export function onSchedule(job: CronJob, work: CronWork): () => void {
  let seen = new Date();
  let next = nextTimes(job, 1, seen)[0];
  let isRunning = false;
  let timer: NodeJS.Timeout;
  const start = (time: Date): void => {
    if (isRunning) return work.overlap(time);
    isRunning = true;
    void work.due(time).finally(() => (isRunning = false));
  };
  const beat = (): void => {
    const now = new Date();
    if (next !== undefined && now >= next) {
      const passed = passedTimes(job, seen, now)!;
      const isInTime = now.getTime() - passed.latest.getTime() <= TOLERANCE_MILLISECONDS;
      const missed = isInTime ? passedTimes(job, seen, new Date(passed.latest.getTime() - 1)) : passed;
      seen = passed.latest;
      next = nextTimes(job, 1, seen)[0];
      if (missed !== undefined) work.missed(missed);
      if (isInTime) start(passed.latest);
    }
    arm();
  };
  const arm = (): void => {
    const wait = next === undefined ? BEAT_MILLISECONDS : next.getTime() - Date.now();
    timer = setTimeout(beat, Math.max(0, Math.min(wait, BEAT_MILLISECONDS)));
  };
  arm();
  return () => clearTimeout(timer);
}

export function clockMinutes({ hour: hours, minute: minutes }: CronFields): number[] {
  return inOrder(hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)));
}

function inOrder(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}

function dayPattern(cron: string): string {
  return `0 0 0 ${cron.trim().split(/\s+/).slice(-3).join(" ")}`;
}

/** By node-cron's name of a field. */
const fieldRules: Readonly<Record<string, readonly [name: string, allowed: string]>> = {
  second: ["second", "0 to 59"],
  minute: ["minute", "0 to 59"],
  hour: ["hour", "0 to 23"],
  dayOfMonth: ["day of the month", "1 to 31, L for the last day, 15W for the weekday nearest to the 15th"],
  month: ["month", "1 to 12 or jan to dec"],
  dayOfWeek: ["weekday", "0 to 7 or sun to sat, 5L for the last Friday of the month, 1#2 for the second Monday"],
};

function fieldProblem({ field, value, message }: { field: string; value?: string; message: string }): string {
  const [name, allowed] = fieldRules[field] ?? [];
  // A day that does not exist in the month, or a wrong number of fields.
  if (name === undefined || message.includes("impossible")) return message;
  return `the ${name}: found ${JSON.stringify(value)}, allowed ${allowed}`;
}

function checkJob({ name, cron, timezone }: CronJob): void {
  const { valid, errors } = validateDetailed(cron);
  if (!valid) {
    throw new MlctlError("usage", `schedule "${name}": ${JSON.stringify(cron)} is not a cron expression`, {
      details: errors.map(fieldProblem),
      hint: "write five fields: minute hour day month weekday, for example */10 * * * *",
    });
  }
  if (!isZone(timezone)) {
    throw new MlctlError("usage", `schedule "${name}": ${JSON.stringify(timezone)} is not a valid time zone`, {
      hint: "use an IANA name such as Europe/Oslo or UTC",
    });
  }
}

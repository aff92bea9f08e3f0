/** The step of a series of times: hourly, daily, monthly … */

/** Times are `count` units apart. */
export interface TimeStep {
  /** "month": on day `day` of the month, or its last day if it is shorter. "business day": Monday to Friday, in UTC. */
  readonly unit: "millisecond" | "business day" | "month";
  readonly count: number;
  /** Of the month; 31 is the last day. */
  readonly day?: number;
}

export interface FoundStep {
  readonly step: TimeStep;
  /** Number of times between the first and the last that the series lacks. */
  readonly missing: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Smaller share of neighbours that are one step apart: the series is irregular. */
const MIN_REGULAR = 0.75;

/** Fewer times show no step. */
const MIN_TIMES = 3;

/**
 * @param times epoch milliseconds, ascending, each once
 * @returns the step, or why there is none
 */
export function timeStep(times: ArrayLike<number>): FoundStep | string {
  if (times.length < MIN_TIMES) return `it has ${times.length} times, and a step needs ${MIN_TIMES}`;
  const months = monthStep(times);
  if (months !== undefined) return months;
  const gaps = gapsOf(times, (time) => time);
  const step = mostCommon(gaps);
  const business =
    step === DAY && isOnWeekdays(times)
      ? regular(times, { unit: "business day", count: 1 }, (time) => businessDay(time, times[0]!))
      : undefined;
  if (business !== undefined) return business;
  const found = regular(times, { unit: "millisecond", count: step }, (time) => time);
  if (found !== undefined) return found;
  const name = stepName({ unit: "millisecond", count: step });
  const share = gaps.filter((gap) => gap === step).length / gaps.length;
  if (share < MIN_REGULAR) return `only ${Math.floor(100 * share)} % of its times are one step (${name}) apart`;
  const odd = gaps.findIndex((gap) => gap % step !== 0);
  return `most of its times are ${name}, but not ${text(times[odd]!)} and ${text(times[odd + 1]!)}`;
}

function text(time: number): string {
  return new Date(time).toISOString();
}

/** The step if each time is a whole number of steps after the one before, mostly one. */
function regular(times: ArrayLike<number>, step: TimeStep, placeOf: (time: number) => number): FoundStep | undefined {
  const gaps = gapsOf(times, placeOf).map((gap) => gap / step.count);
  if (!gaps.every((gap) => Number.isInteger(gap) && gap > 0)) return undefined;
  if (gaps.filter((gap) => gap === 1).length < MIN_REGULAR * gaps.length) return undefined;
  return { step, missing: gaps.reduce((sum, gap) => sum + gap - 1, 0) };
}

function gapsOf(times: ArrayLike<number>, placeOf: (time: number) => number): number[] {
  return Array.from({ length: times.length - 1 }, (_, i) => placeOf(times[i + 1]!) - placeOf(times[i]!));
}

/** The smallest of those that come most often. */
function mostCommon(gaps: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const gap of gaps) counts.set(gap, (counts.get(gap) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1] || a[0] - b[0])[0]![0];
}

/** One time a month, always at the same hour and on the same day or the last one. */
function monthStep(times: ArrayLike<number>): FoundStep | undefined {
  const dates = Array.from(times, (time) => new Date(time));
  const day = Math.max(...dates.slice(0, 400).map((date) => date.getUTCDate()));
  const fits = (date: Date): boolean =>
    date.getTime() % DAY === dates[0]!.getTime() % DAY && date.getUTCDate() === Math.min(day, monthLength(date));
  if (!dates.every(fits)) return undefined;
  const count = mostCommon(gapsOf(times, monthOf));
  return count < 1 ? undefined : regular(times, { unit: "month", count, day }, monthOf);
}

function monthOf(time: number): number {
  const date = new Date(time);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function monthLength(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

/** Whether a series of days leaves out every weekend, of which it spans one at least. */
function isOnWeekdays(times: ArrayLike<number>): boolean {
  const days = Array.from(times, (time) => new Date(time).getUTCDay());
  return days.every((day) => day > 0 && day < 6) && days.some((day, i) => i > 0 && day < days[i - 1]!);
}

/** Number of the business day, ascending, at the time of day of `first`; 1970-01-01 was a Thursday. */
function businessDay(time: number, first: number): number {
  const day = Math.floor(time / DAY) + 3;
  return Math.floor(day / 7) * 5 + (day % 7) + ((time - first) % DAY === 0 ? 0 : 0.5);
}

/** The `count` times after `last`. Business days know no holidays. */
export function nextTimes(last: number, { unit, count: every, day = 31 }: TimeStep, count: number): number[] {
  if (unit === "millisecond") return Array.from({ length: count }, (_, i) => last + (i + 1) * every);
  if (unit === "month") {
    return Array.from({ length: count }, (_, i) => {
      const month = new Date(Date.UTC(0, 0, 1)).setUTCFullYear(0, monthOf(last) + (i + 1) * every);
      return month + (Math.min(day, monthLength(new Date(month))) - 1) * DAY + (((last % DAY) + DAY) % DAY);
    });
  }
  const times: number[] = [];
  for (let time = last + DAY; times.length < count; time += DAY) {
    if (new Date(time).getUTCDay() % 6 !== 0) times.push(time);
  }
  return times;
}

/** Steps after which a season comes again: a day of minutes or hours, a week of days, a year of weeks or months. */
export function seasonOf({ unit, count }: TimeStep): number | null {
  const season = unit === "business day" ? 5 : unit === "month" ? 12 / count : seasonOfMilliseconds(count);
  return Number.isInteger(season) && season > 1 ? season : null;
}

function seasonOfMilliseconds(step: number): number {
  if (step < DAY) return DAY / step;
  return step === DAY ? 7 : step === 7 * DAY ? 52 : NaN;
}

/** "hourly", "every 6 hours", "monthly, on the last day". */
export function stepName({ unit, count, day = 31 }: TimeStep): string {
  if (unit === "business day") return "business daily (Monday to Friday)";
  if (unit === "month") {
    const name = { 1: "monthly", 3: "quarterly", 12: "yearly" }[count] ?? `every ${count} months`;
    return day === 1 || count === 12 ? name : `${name}, on ${day === 31 ? "the last day" : `day ${day}`}`;
  }
  const units = [
    [7 * DAY, "weekly", "weeks"],
    [DAY, "daily", "days"],
    [HOUR, "hourly", "hours"],
    [MINUTE, "every minute", "minutes"],
    [1000, "every second", "seconds"],
  ] as const;
  const [size, one, many] = units.find(([each]) => count % each === 0) ?? [1, "every millisecond", "milliseconds"];
  return count === size ? one : `every ${count / size} ${many}`;
}

/** Translates a job's times to five-field cron lines in the time zone of another scheduler. */
import { MlctlError } from "../../../core/errors.ts";
import { MILLISECONDS_A_DAY } from "../../../core/text/format.ts";
import { clockMinutes, cronFields, type CronJob } from "../cron.ts";
import { localTime, offsetAt, utcOf } from "../localTime.ts";

const DAY_MINUTES = 1440;

/** Long enough for rules that move from year to year, such as Ramadan, to show all their effects. */
const YEARS = 10;

/**
 * Cron lines that together fire at every time of the job, whichever of `zones` the scheduler uses. If the zones differ,
 * or five plain fields cannot express the days, they also fire at other times, which `mlctl schedule now --due` ignores.
 * @throws {MlctlError} kind "usage" if the job needs seconds
 */
export function hostTimes(job: CronJob, zones: readonly string[], now: Date): string[] {
  const fields = cronFields(job);
  if (fields.second.length !== 1 || fields.second[0] !== 0) {
    const message = `schedule "${job.name}": cron does not support seconds (${JSON.stringify(job.cron)})`;
    const hint = "use five fields, without seconds, or use `mlctl schedule run` or `--systemd`";
    throw new MlctlError("usage", message, { hint });
  }
  const { minute: minutes, hour: hours } = fields;
  const days = [field(fields.dayOfMonth, 1, 31), field(fields.month, 1, 12), field(weekdays(fields.dayOfWeek), 0, 6)];
  const isPlain = days.every((text) => text !== undefined) && (days[0] === "*" || days[2] === "*");
  const clocks = clockMinutes(fields);
  if (clocks.length === DAY_MINUTES && zones.some((zone) => zone !== job.timezone)) return ["* * * * *"];
  const host = hostClocks(clocks, { from: job.timezone, zones, now });
  if (isPlain && host.isSame) return [[field(minutes, 0, 59), field(hours, 0, 23), ...days].join(" ")];
  return clockLines(host).map((clock) => `${clock} * * *`);
}

/**
 * The host's local times, in minutes after midnight, at which the job's clock shows one of `clocks`; `repeated` are those
 * that must also fire when the host's clock shows them for the second time.
 */
function hostClocks(
  clocks: readonly number[],
  { from, zones, now }: { readonly from: string; readonly zones: readonly string[]; readonly now: Date },
) {
  const [all, repeated] = [new Set<number>(), new Set<number>()];
  let isSame = true;
  for (const zone of zones) {
    if (zone === from) for (const clock of clocks) all.add(clock);
    for (const day of zone === from ? [] : daysOfChange([from, zone], now)) {
      for (const clock of clocks) {
        const instant = utcOf(day + clock * 60_000, from);
        if (instant === undefined) continue;
        const shown = clockAt(instant, zone);
        all.add(shown);
        isSame &&= shown === clock;
        if ([30, 60].some((back) => clockAt(instant - back * 60_000, zone) === shown)) repeated.add(shown);
      }
    }
  }
  return { all, repeated, isSame };
}

function clockAt(instant: number, zone: string): number {
  const local = new Date(localTime(instant, zone));
  return local.getUTCHours() * 60 + local.getUTCMinutes();
}

/**
 * The days on which the clock of a zone changes, those beside them, and the first: on all others the clocks are as on one
 * of these. From the beginning of the year, so that the result is the same on each day of it.
 */
function daysOfChange(zones: readonly string[], now: Date): number[] {
  const start = Date.UTC(now.getUTCFullYear(), 0, 1);
  const days = Array.from({ length: YEARS * 365 }, (_, i) => start + i * MILLISECONDS_A_DAY);
  const offsets = zones.map((zone) => dailyOffsets(zone, days));
  const isBeside = (i: number): boolean =>
    offsets.some((of) => of.slice(Math.max(0, i - 2), i + 3).some((each) => each !== of[i]));
  return days.filter((_, i) => i === 0 || isBeside(i));
}

const known = new Map<string, readonly number[]>();

/** The zone's offset at each midnight UTC; cached, because it takes 15 ms. */
function dailyOffsets(zone: string, days: readonly number[]): readonly number[] {
  const key = `${zone} ${days[0]}`;
  const found = known.get(key) ?? days.map((day) => offsetAt(day, zone));
  known.set(key, found);
  return found;
}

/**
 * Minute and hour fields, one line for all hours with the same minutes. After the clock is set back, Vixie cron and its
 * successors repeat only lines with a star in the minute or hour field.
 */
function clockLines({ all, repeated }: Omit<ReturnType<typeof hostClocks>, "isSame">): string[] {
  const plain = linesOf(all);
  const hasStar = (clock: number): boolean =>
    plain.some(({ text, clocks }) => clocks.has(clock) && /(^| )\*/.test(text));
  const hourly = new Set([...repeated].filter((clock) => !hasStar(clock)).map((clock) => clock % 60));
  if (hourly.size === 0) return plain.map(({ text }) => text);
  const rest = linesOf(new Set([...all].filter((clock) => !hourly.has(clock % 60))));
  return [`${field([...hourly], 0, 59)!} *`, ...rest.map(({ text }) => text)];
}

function linesOf(clocks: ReadonlySet<number>): { text: string; clocks: ReadonlySet<number> }[] {
  const sorted = [...clocks].toSorted((a, b) => a - b);
  const byHour = Map.groupBy(sorted, (clock) => Math.floor(clock / 60));
  const minutesOf = (hour: number): string => {
    const minutes = byHour.get(hour)!.map((clock) => clock % 60);
    return field(minutes, 0, 59)!;
  };
  return [...Map.groupBy(byHour.keys(), minutesOf)].map(([minutes, hours]) => ({
    text: `${minutes} ${field(hours, 0, 23)}`,
    clocks: new Set(hours.flatMap((hour) => byHour.get(hour)!)),
  }));
}

/** "*", "*\/10" or a list; undefined if a value is not a number. */
function field(values: readonly (number | string)[], first: number, last: number): string | undefined {
  const numbers = [...new Set(values)].filter((value) => typeof value === "number").toSorted((a, b) => a - b);
  if (numbers.length < new Set(values).size) return undefined;
  if (numbers.length === last - first + 1) return "*";
  const step = (numbers[1] ?? 0) - numbers[0]!;
  const count = Math.ceil((last - first + 1) / step);
  const isStep = step > 1 && numbers.length === count && numbers.every((value, i) => value === first + i * step);
  return isStep ? `*/${step}` : numbers.join(",");
}

/** Maps Sunday, which is both 0 and 7, to 0. */
function weekdays(values: readonly (number | string)[]): (number | string)[] {
  return [...new Set(values.map((value) => (value === 7 ? 0 : value)))];
}

/** Translates a job's times to five-field cron lines in the time zone of another scheduler. */
import { MlctlError } from "../../../core/errors.ts";
import { MILLISECONDS_A_DAY } from "../../../core/text/duration.ts";
import { cronFields, type CronJob } from "../cron.ts";
import { offsetAt } from "../localTime.ts";

const DAY_MINUTES = 1440;
const MINUTE_MILLISECONDS = 60_000;

/**
 * Cron lines that together fire at every time of the job, whichever of `zones` the scheduler uses. If the zones differ,
 * or five plain fields cannot express the days, the lines also fire at other times; `mlctl schedule now --due` ignores
 * those.
 * @param zones time zones that the scheduler may use
 * @throws {MlctlError} kind "usage" if the job needs seconds
 */
export function hostTimes(job: CronJob, zones: readonly string[], now: Date): string[] {
  const fields = cronFields(job);
  if (fields.second.length !== 1 || fields.second[0] !== 0) {
    const message = `schedule "${job.name}": cron does not support seconds (${JSON.stringify(job.cron)})`;
    const hint = "use five fields, without seconds, or use `mlctl schedule run` or `--systemd`";
    throw new MlctlError("usage", message, { hint });
  }
  const stretches = zones.flatMap((zone) => zoneStretches([job.timezone, zone], now));
  const { minute: minutes, hour: hours } = fields;
  const days = [field(fields.dayOfMonth, 1, 31), field(fields.month, 1, 12), field(weekdays(fields.dayOfWeek), 0, 6)];
  const isPlain = days.every((text) => text !== undefined) && (days[0] === "*" || days[2] === "*");
  if (isPlain && stretches.every((stretch) => shiftOf(stretch) === 0)) {
    return [[field(minutes, 0, 59), field(hours, 0, 23), ...days].join(" ")];
  }
  const clocks = hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute));
  return clockLines(hostClocks(clocks, stretches)).map((clock) => `${clock} * * *`);
}

/** How far the host's clock is ahead of the job's clock, in minutes. */
function shiftOf({ offsets: [from, to] }: Stretch): number {
  return Math.round((to - from) / MINUTE_MILLISECONDS);
}

interface HostClocks {
  /** Minutes after midnight. */
  readonly all: ReadonlySet<number>;
  /** Times that must also fire when the host's clock shows them for the second time. */
  readonly repeated: ReadonlySet<number>;
}

/** The host's local times at which the job's clock shows one of `clocks`, over all stretches. */
function hostClocks(clocks: readonly number[], stretches: readonly Stretch[]): HostClocks {
  const [all, repeated, fullDays] = [new Set<number>(), new Set<number>(), new Set<number>()];
  for (const stretch of stretches) {
    const shift = shiftOf(stretch);
    const length = (stretch.end - stretch.begin) / MINUTE_MILLISECONDS;
    // A local time that occurs twice for the job runs the first time.
    if (stretch.repeats[0] || (fullDays.has(shift) && !stretch.repeats[1])) continue;
    if (length >= DAY_MINUTES) fullDays.add(shift);
    const first = (stretch.begin + stretch.offsets[0]) / MINUTE_MILLISECONDS;
    for (const clock of clocks) {
      if (length < DAY_MINUTES && minuteOfDay(clock - first) >= length) continue;
      all.add(minuteOfDay(clock + shift));
      if (stretch.repeats[1]) repeated.add(minuteOfDay(clock + shift));
    }
  }
  return { all, repeated };
}

function minuteOfDay(minutes: number): number {
  return ((minutes % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
}

/**
 * Minute and hour fields, one line for all hours with the same minutes. After the clock is set back, Vixie cron and its
 * successors repeat only lines with a star in the minute or hour field.
 */
function clockLines({ all, repeated }: HostClocks): string[] {
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

interface Stretch {
  /** Milliseconds since 1970; the end is exclusive. */
  readonly begin: number;
  readonly end: number;
  /** Offset of each zone from UTC in milliseconds; positive east of UTC. */
  readonly offsets: readonly [number, number];
  /** Whether each clock was set back and shows these local times for the second time. */
  readonly repeats: readonly [boolean, boolean];
}

/** Long enough for rules that move from year to year, such as Ramadan, to show all their effects. */
const YEARS = 10;

const known = new Map<string, readonly Change[]>();

/** Covers ten years from the beginning of the current year, so that the result is the same on each day of the year. */
function zoneStretches(zones: readonly [string, string], now: Date): Stretch[] {
  const year = now.getUTCFullYear();
  const changes = zones.map((zone) => changesOf(zone, year)) as [readonly Change[], readonly Change[]];
  const borders = changes.flat().flatMap(({ at, after, before }) => [at, at + Math.max(0, before - after)]);
  const [first, last] = [Date.UTC(year, 0, 1), Date.UTC(year + YEARS, 0, 1)];
  const cuts = [...new Set([first, ...borders, last])]
    .filter((at) => at >= first && at <= last)
    .toSorted((a, b) => a - b);
  return cuts.slice(1).map((end, i) => {
    const begin = cuts[i]!;
    const offsets = zones.map((zone) => offsetAt(begin, zone)) as [number, number];
    const repeats = changes.map((of) =>
      of.some(({ at, before, after }) => begin >= at && begin < at + before - after),
    ) as [boolean, boolean];
    return { begin, end, offsets, repeats };
  });
}

/** A change of a zone's offset, from `before` to `after` milliseconds. */
interface Change {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

function changesOf(zone: string, year: number): readonly Change[] {
  const key = `${zone} ${year}`;
  const found = known.get(key) ?? changesBetween(zone, Date.UTC(year, 0, 1), Date.UTC(year + YEARS, 0, 1));
  known.set(key, found);
  return found;
}

/** Finds each change by bisection, to the minute; assumes that no zone changes twice within a day. */
function changesBetween(zone: string, from: number, to: number): Change[] {
  const changes: Change[] = [];
  let before = offsetAt(from, zone);
  for (let at = from + MILLISECONDS_A_DAY; at <= to; at += MILLISECONDS_A_DAY) {
    const after = offsetAt(at, zone);
    if (after === before) continue;
    let [early, late] = [at - MILLISECONDS_A_DAY, at];
    while (late - early > MINUTE_MILLISECONDS) {
      const middle = Math.floor((early + late) / 2 / MINUTE_MILLISECONDS) * MINUTE_MILLISECONDS;
      if (offsetAt(middle, zone) === before) early = middle;
      else late = middle;
    }
    changes.push({ at: late, before, after });
    before = after;
  }
  return changes;
}

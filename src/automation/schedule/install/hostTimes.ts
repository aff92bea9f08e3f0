/** Translates a job's times to five-field cron lines in the time zone of another scheduler. */
import { MlctlError } from "../../../core/errors.ts";
import { MILLISECONDS_A_DAY } from "../../../core/text/duration.ts";
import { clockMinutes, cronFields, type CronJob } from "../cron.ts";
import { offsetAt } from "../localTime.ts";

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
  const [own, ...others] = [job.timezone, ...zones].map((zone) => dailyOffsets(zone, now));
  const isSame = others.every((of) => of.every((offset, day) => offset === own![day]));
  if (isPlain && isSame) return [[field(minutes, 0, 59), field(hours, 0, 23), ...days].join(" ")];
  const shifts = isSame ? [0] : others.flatMap((of) => distinct(of).flatMap((a) => distinct(own!).map((b) => a - b)));
  const clocks = clockMinutes(fields).flatMap((clock) => shifts.map((shift) => (clock + shift + 2880) % 1440));
  // When a clock is set back, cron leaves out lines without a star whose time it shows for the second time.
  if (!isSame && others.some((of) => distinct(of).length > 1)) {
    const each = clocks.map((clock) => clock % 60);
    return [`${field(each, 0, 59)} * * * *`];
  }
  return clockLines(clocks).map((line) => `${line} * * *`);
}

const known = new Map<string, readonly number[]>();

/**
 * The zone's offset in minutes at each midnight UTC; cached, because it takes 15 ms. From the beginning of the year, so
 * that the result is the same on each day of it.
 */
function dailyOffsets(zone: string, now: Date): readonly number[] {
  const start = Date.UTC(now.getUTCFullYear(), 0, 1);
  const key = `${zone} ${start}`;
  const offset = (_: unknown, day: number): number => offsetAt(start + day * MILLISECONDS_A_DAY, zone) / 60_000;
  const found = known.get(key) ?? Array.from({ length: YEARS * 365 }, offset);
  known.set(key, found);
  return found;
}

function distinct(values: readonly number[]): number[] {
  return [...new Set(values)];
}

/** Minute and hour fields, one line for all hours with the same minutes. */
function clockLines(clocks: readonly number[]): string[] {
  const sorted = [...new Set(clocks)].toSorted((a, b) => a - b);
  const byHour = Map.groupBy(sorted, (clock) => Math.floor(clock / 60));
  const minutesOf = (hour: number): string =>
    field(
      byHour.get(hour)!.map((clock) => clock % 60),
      0,
      59,
    )!;
  return [...Map.groupBy(byHour.keys(), minutesOf)].map(([minutes, hours]) => `${minutes} ${field(hours, 0, 23)}`);
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

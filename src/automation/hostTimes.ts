/** A job's times in the words of a scheduler that knows only one time zone, and five plain fields. */
import { MlctlError } from "../core/errors.ts";
import { cronFields, type CronJob } from "./cron.ts";
import { offsetAt } from "./localTime.ts";

/** Summer time begins and ends within any half year: looked at every two weeks for two years. */
const SAMPLES = 52;
const FORTNIGHT_MILLISECONDS = 14 * 86_400_000;
const DAY_MINUTES = 1440;

/**
 * Five-field lines that together fire at every time of the job, in the scheduler's zone. Where the zones differ, or the
 * days say more than five fields can, they also fire at other times: `mlctl schedule now --due` tells them apart.
 * @throws {MlctlError} kind "usage" where the job needs seconds
 */
export function hostTimes(job: CronJob, zone: string, now: Date): string[] {
  const fields = cronFields(job);
  if (fields.second.length !== 1 || fields.second[0] !== 0) {
    throw new MlctlError(
      "usage",
      `schedule "${job.name}": cron has no seconds, as ${JSON.stringify(job.cron)} asks for`,
      {
        hint: "take the sixth field out, or use `mlctl schedule run` or `--systemd`",
      },
    );
  }
  const shifts = shiftsTo(zone, job.timezone, now);
  const [minutes, hours] = [fields.minute, fields.hour];
  const days = [field(fields.dayOfMonth, 1, 31), field(fields.month, 1, 12), field(weekdays(fields.dayOfWeek), 0, 6)];
  const isPlain = days.every((text) => text !== undefined) && (days[0] === "*" || days[2] === "*");
  if (isPlain && shifts.length === 1 && shifts[0] === 0) {
    return [[field(minutes, 0, 59), field(hours, 0, 23), ...days].join(" ")];
  }
  return shifted(minutes, hours, shifts).map((clock) => `${clock} * * *`);
}

/** How far `zone` is ahead of `from`, in minutes: each difference that occurs. */
function shiftsTo(zone: string, from: string, now: Date): number[] {
  const shifts = Array.from({ length: SAMPLES }, (_, i) => {
    const instant = now.getTime() + i * FORTNIGHT_MILLISECONDS;
    return Math.round((offsetAt(instant, zone) - offsetAt(instant, from)) / 60_000);
  });
  return [...new Set(shifts)].toSorted((a, b) => a - b);
}

/** Minute and hour fields, one line for all hours that share their minutes. */
function shifted(minutes: readonly number[], hours: readonly number[], shifts: readonly number[]): string[] {
  const byHour = new Map<number, Set<number>>();
  for (const shift of shifts) {
    for (const hour of hours) {
      for (const minute of minutes) {
        const at = (((hour * 60 + minute + shift) % DAY_MINUTES) + DAY_MINUTES) % DAY_MINUTES;
        const known = byHour.get(Math.floor(at / 60)) ?? new Set();
        byHour.set(Math.floor(at / 60), known.add(at % 60));
      }
    }
  }
  const byMinutes = new Map<string, number[]>();
  for (const [hour, set] of [...byHour].toSorted(([a], [b]) => a - b)) {
    const text = field([...set], 0, 59)!;
    byMinutes.set(text, [...(byMinutes.get(text) ?? []), hour]);
  }
  return [...byMinutes].map(([text, of]) => `${text} ${field(of, 0, 23)}`);
}

/** "*", "*\/10" or a list; undefined where a value is no number. */
function field(values: readonly (number | string)[], first: number, last: number): string | undefined {
  const numbers = [...new Set(values)].filter((value) => typeof value === "number").toSorted((a, b) => a - b);
  if (numbers.length < new Set(values).size) return undefined;
  if (numbers.length === last - first + 1) return "*";
  const step = (numbers[1] ?? 0) - numbers[0]!;
  const count = Math.ceil((last - first + 1) / step);
  const isStep = step > 1 && numbers.length === count && numbers.every((value, i) => value === first + i * step);
  return isStep ? `*/${step}` : numbers.join(",");
}

/** Sunday is 0 and 7. */
function weekdays(values: readonly (number | string)[]): (number | string)[] {
  return [...new Set(values.map((value) => (value === 7 ? 0 : value)))];
}

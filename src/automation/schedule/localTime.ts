/** Converts between instants and local time in a time zone. */
import { spawnSync } from "node:child_process";
import { MILLISECONDS_A_DAY } from "../../core/text/duration.ts";

export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Cached, because creating a format takes about 100 times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

export function isZone(timezone: string): boolean {
  try {
    formatOf(timezone);
    return true;
  } catch {
    return false;
  }
}

export function localTime(instant: number, timezone: string): LocalTime {
  const [year, month, day, hour, minute, second] = formatOf(timezone).format(instant).split(/\D+/).map(Number);
  return { year: year!, month: month!, day: day!, hour: hour!, minute: minute!, second: second! };
}

/** Offset of the zone from UTC in milliseconds; positive east of UTC. */
export function offsetAt(instant: number, timezone: string): number {
  return asUtc(localTime(instant, timezone)) - Math.floor(instant / 1000) * 1000;
}

/** The instant of a local time: the earlier one if the time occurs twice, undefined if it does not exist. */
export function utcOf(time: LocalTime, timezone: string): number | undefined {
  const shown = asUtc(time);
  // No zone is more than 14 hours from UTC, so these are the offsets before and after any change on that day.
  const offsets = [offsetAt(shown - MILLISECONDS_A_DAY, timezone), offsetAt(shown + MILLISECONDS_A_DAY, timezone)];
  const candidates = offsets.map((offset) => shown - offset).toSorted((a, b) => a - b);
  return candidates.find((instant) => asUtc(localTime(instant, timezone)) === shown);
}

function asUtc({ year, month, day, hour, minute, second }: LocalTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known !== undefined) return known;
  // Swedish: "2026-11-21 19:07:00".
  const made = new Intl.DateTimeFormat("sv-SE", { timeZone: timezone, dateStyle: "short", timeStyle: "medium" });
  formats.set(timezone, made);
  return made;
}

/** The zone of the machine: cron does not see TZ of a shell. Node reads TZ only once, hence the child process. */
export function systemZone(environment: NodeJS.ProcessEnv): string {
  const { TZ: zone, ...rest } = environment;
  if (zone === undefined) return processZone();
  const script = "Intl.DateTimeFormat().resolvedOptions().timeZone";
  const { stdout } = spawnSync(process.execPath, ["-p", script], { encoding: "utf8", env: rest });
  const found = stdout?.trim() ?? "";
  return isZone(found) ? found : processZone();
}

export function processZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

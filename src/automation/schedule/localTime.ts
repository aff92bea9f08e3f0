/** Wall clocks: what a clock in a time zone shows at an instant, and the other way round. */
import { spawnSync } from "node:child_process";

export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Making one takes a hundred times as long as using it. */
const formats = new Map<string, Intl.DateTimeFormat>();

export function isZone(timezone: string): boolean {
  try {
    formatOf(timezone);
    return true;
  } catch {
    return false;
  }
}

/** @param instant milliseconds since 1970 */
export function localTime(instant: number, timezone: string): LocalTime {
  const parts = Object.fromEntries(
    formatOf(timezone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year, month, day, hour, minute, second } = parts as unknown as LocalTime;
  return { year, month, day, hour, minute, second };
}

/** How far the zone's clock is ahead of UTC, in milliseconds. */
export function offsetAt(instant: number, timezone: string): number {
  return asUtc(localTime(instant, timezone)) - Math.floor(instant / 1000) * 1000;
}

/** The instant at which the clock shows that time; the earlier one where it does twice, any near one where it never does. */
export function utcOf(time: LocalTime, timezone: string): number {
  const shown = asUtc(time);
  // No zone is further from UTC than 14 hours: one offset before and one after any change of that day.
  const offsets = [offsetAt(shown - 86_400_000, timezone), offsetAt(shown + 86_400_000, timezone)];
  const candidates = offsets.map((offset) => shown - offset).toSorted((a, b) => a - b);
  return candidates.find((instant) => asUtc(localTime(instant, timezone)) === shown) ?? candidates[0]!;
}

function asUtc({ year, month, day, hour, minute, second }: LocalTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(timezone, made);
  return made;
}

/**
 * The zone of the machine (/etc/localtime), not that of this shell: a cron that was started with the machine knows
 * nothing of a TZ that somebody set for himself. Node reads TZ once, so a process without it is asked.
 */
export function systemZone(environment: NodeJS.ProcessEnv): string {
  const { TZ: zone, ...rest } = environment;
  if (zone === undefined) return processZone();
  const script = "Intl.DateTimeFormat().resolvedOptions().timeZone";
  const { stdout } = spawnSync(process.execPath, ["-p", script], { encoding: "utf8", env: rest });
  const found = stdout?.trim() ?? "";
  return isZone(found) ? found : processZone();
}

/** As this process has it: TZ, else that of the machine. */
export function processZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

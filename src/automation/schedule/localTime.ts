/** Converts between instants and local times in a time zone. A local time is a number that the UTC functions of Date read. */
import { spawnSync } from "node:child_process";
import { MILLISECONDS_A_DAY } from "../../core/text/format.ts";

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

export function localTime(instant: number, timezone: string): number {
  return instant + offsetAt(instant, timezone);
}

/** Offset of the zone from UTC in milliseconds; positive east of UTC. */
export function offsetAt(instant: number, timezone: string): number {
  // "1/31/2026, GMT+05:30", "1/31/2026, GMT"; of the 19th century also with seconds.
  const [, sign, ...parts] = /GMT(?:([+-])(\d+):(\d+)(?::(\d+))?)?$/.exec(formatOf(timezone).format(instant)) ?? [];
  const seconds = parts.reduce((total, part, i) => total + Number(part ?? 0) * 60 ** (2 - i), 0);
  return (sign === "-" ? -1000 : 1000) * seconds;
}

/** The instant of a local time: the earlier one if the time occurs twice, undefined if it does not exist. */
export function utcOf(local: number, timezone: string): number | undefined {
  // No zone is more than 14 hours from UTC, so these are the offsets before and after any change on that day.
  const offsets = [offsetAt(local - MILLISECONDS_A_DAY, timezone), offsetAt(local + MILLISECONDS_A_DAY, timezone)];
  const candidates = offsets.map((offset) => local - offset).toSorted((a, b) => a - b);
  return candidates.find((instant) => localTime(instant, timezone) === local);
}

function formatOf(timezone: string): Intl.DateTimeFormat {
  const format =
    formats.get(timezone) ?? new Intl.DateTimeFormat("en-US", { timeZone: timezone, timeZoneName: "longOffset" });
  formats.set(timezone, format);
  return format;
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

/** The clocks of two time zones beside each other: stretches of time in which neither is set forward or back. */
import { offsetAt } from "../localTime.ts";

export interface Stretch {
  /** Milliseconds since 1970; the end is the beginning of the next one. */
  readonly begin: number;
  readonly end: number;
  /** How far each clock is ahead of UTC, in milliseconds. */
  readonly offsets: readonly [number, number];
  /** Whether that clock was set back and shows these times for the second time. */
  readonly repeats: readonly [boolean, boolean];
}

/** Rules that move from year to year (Easter, Ramadan) have shown all they do after as many. */
const YEARS = 10;
const DAY_MILLISECONDS = 86_400_000;
const MINUTE_MILLISECONDS = 60_000;

const known = new Map<string, readonly Change[]>();

/** From the beginning of the year on for ten years, so that the answer is the same on each day of the year. */
export function zoneStretches(zones: readonly [string, string], now: Date): Stretch[] {
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

/** A clock is set forward or back. */
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

/** No zone changes twice within a day. */
function changesBetween(zone: string, from: number, to: number): Change[] {
  const changes: Change[] = [];
  let before = offsetAt(from, zone);
  for (let at = from + DAY_MILLISECONDS; at <= to; at += DAY_MILLISECONDS) {
    const after = offsetAt(at, zone);
    if (after === before) continue;
    let [early, late] = [at - DAY_MILLISECONDS, at];
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

/** Splits time into stretches in which the UTC offsets of two time zones are constant. */
import { MILLISECONDS_A_DAY } from "../../../core/text/duration.ts";
import { offsetAt } from "../localTime.ts";

export interface Stretch {
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
const MINUTE_MILLISECONDS = 60_000;

const known = new Map<string, readonly Change[]>();

/** Covers ten years from the beginning of the current year, so that the result is the same on each day of the year. */
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

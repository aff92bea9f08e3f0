/** Bootstrap resamples of rows, as counts. */
import type { Random } from "../core/random.ts";

/** Rows drawn for one interval at most; beyond, fewer resamples are drawn, so that a huge test set takes seconds. */
const MOST_DRAWS = 400_000_000;

/** Below this the ends of a 95 % interval are hardly more than the extremes. */
const FEWEST_RESAMPLES = 100;

/** How many of `wanted` resamples of `rowCount` rows are drawn. */
export function affordableResamples(wanted: number, rowCount: number): number {
  const affordable = Math.max(FEWEST_RESAMPLES, Math.floor(MOST_DRAWS / Math.max(1, rowCount)));
  return Math.min(wanted, affordable);
}

/** Draws as many rows as there are, with replacement, and leaves in `rowCounts` how often each was drawn. */
export function resampleRows(rowCounts: Uint32Array, { integer }: Random): void {
  rowCounts.fill(0);
  for (let i = 0; i < rowCounts.length; i++) rowCounts[integer(rowCounts.length)]!++;
}

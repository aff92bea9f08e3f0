/** Draws bootstrap resamples of rows, as counts per row. */
import type { Random } from "../core/random.ts";

/**
 * Maximum number of rows drawn for one interval. Larger test sets get fewer resamples, so that they take only seconds.
 */
const MAX_DRAWS = 400_000_000;

/** With fewer resamples the limits of a 95 % interval are almost the extremes. */
const MIN_RESAMPLES = 100;

/** The number of resamples to draw: `wanted`, or fewer if there are many rows. */
export function affordableResamples(wanted: number, rowCount: number): number {
  const affordable = Math.max(MIN_RESAMPLES, Math.floor(MAX_DRAWS / Math.max(1, rowCount)));
  return Math.min(wanted, affordable);
}

/** Draws n of n rows with replacement; sets `rowCounts` to how often each row was drawn. */
export function resampleRows(rowCounts: Uint32Array, { integer }: Random): void {
  rowCounts.fill(0);
  for (let i = 0; i < rowCounts.length; i++) rowCounts[integer(rowCounts.length)]!++;
}

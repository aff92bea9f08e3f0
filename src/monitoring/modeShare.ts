/** Share of the most frequent value of a reference column. */
import type { ColumnReference } from "../core/records/reference.ts";

/** For numbers it is estimated from the sample, which is sorted. 1 if there are no values. */
export function modeShare(reference: ColumnReference): number {
  if (reference.kind === "category")
    return reference.count === 0 ? 1 : (reference.counts[0]?.[1] ?? 0) / reference.count;
  const { sample } = reference;
  if (sample.length === 0) return 1;
  let [longest, run] = [1, 1];
  for (let i = 1; i < sample.length; i++) {
    run = sample[i] === sample[i - 1] ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest / sample.length;
}

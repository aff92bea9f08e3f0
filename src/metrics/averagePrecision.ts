/** Average precision: area under the precision–recall step curve. */
import { type RankedScores, rankMetric } from "./rankMetric.ts";

/** Σ (recallᵢ − recallᵢ₋₁) precisionᵢ over the thresholds. 0 without positive rows, like scikit-learn. */
export const averagePrecision = rankMetric({
  name: "average_precision",
  label: "Average precision",
  valueOf: stepArea,
});

function stepArea({ order, positive, endsTie }: RankedScores, rowCounts: Uint32Array): number {
  let hits = 0;
  let rows = 0;
  let tiedHits = 0;
  let area = 0;
  for (let i = 0; i < order.length; i++) {
    const count = rowCounts[order[i]!]!;
    rows += count;
    if (positive[i] === 1) tiedHits += count;
    if (endsTie[i] === 0 || tiedHits === 0) continue;
    hits += tiedHits;
    area += (tiedHits * hits) / rows;
    tiedHits = 0;
  }
  return hits === 0 ? 0 : area / hits;
}

/** ROC AUC: probability that a row of the class has a higher score than a row of another class. */
import { type RankedScores, rankMetric } from "./rankMetric.ts";

/** Ties count half. NaN if all rows are of one class. */
export const rocAuc = rankMetric({ name: "roc_auc", label: "ROC AUC", aliases: ["auc"], valueOf: areaUnderRoc });

function areaUnderRoc({ order, positive, endsTie }: RankedScores, rowCounts: Uint32Array): number {
  let positives = 0;
  let negatives = 0;
  let tiedPositives = 0;
  let tiedNegatives = 0;
  let pairs = 0;
  for (let i = 0; i < order.length; i++) {
    const count = rowCounts[order[i]!]!;
    if (positive[i] === 1) tiedPositives += count;
    else tiedNegatives += count;
    if (endsTie[i] === 0) continue;
    pairs += tiedNegatives * (positives + tiedPositives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
    tiedPositives = 0;
    tiedNegatives = 0;
  }
  return positives === 0 || negatives === 0 ? NaN : pairs / (positives * negatives);
}

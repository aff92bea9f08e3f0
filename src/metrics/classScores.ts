/** Probabilities of one class. */
import type { Evaluation } from "../core/metric.ts";

/** Probability of `classCode` of each row, (n_samples); null without probabilities. */
export function classScores(evaluation: Evaluation, classCode: number): Float64Array | null {
  const { probabilities, task, classCount } = evaluation;
  if (probabilities === null) return null;
  if (task === "binary") return classCode === 1 ? probabilities : probabilities.map((ofOne) => 1 - ofOne);
  const scores = new Float64Array(probabilities.length / classCount);
  for (let row = 0; row < scores.length; row++) scores[row] = probabilities[row * classCount + classCode]!;
  return scores;
}

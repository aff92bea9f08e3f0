/** Answers for training rows from models that have not seen them. */
import { foldsOf } from "./foldsOf.ts";

const FOLDS = 3;

/** Fits on `training`, answers the probability of class 1 for `judged`; both are positions. */
export type FitAndPredict = (training: Int32Array, judged: Int32Array) => Promise<Float64Array>;

/** @param y class codes 0 and 1, (n_training); @returns the probability of class 1, (n_training) */
export async function outOfFold(y: Float64Array, seed: number, fitAndPredict: FitAndPredict): Promise<Float64Array> {
  const probabilities = new Float64Array(y.length);
  for (const { training, judged } of foldsOf(y, FOLDS, { seed, classCount: 2 })) {
    const answers = await fitAndPredict(training, judged);
    judged.forEach((row, i) => (probabilities[row] = answers[i]!));
  }
  return probabilities;
}

/** Cuts rows into folds. */
import { random } from "../../core/random.ts";

/** One fold: train on the others, judge on it. Positions, ascending. */
export interface Fold {
  readonly training: Int32Array;
  readonly judged: Int32Array;
}

/**
 * Shuffled folds whose sizes differ by one row at most; with `classCount` above 0 each class is spread evenly
 * (stratified), as far as it has rows.
 */
export function foldsOf(y: Float64Array, count: number, options: { seed: number; classCount: number }): Fold[] {
  const shuffled = random(options.seed).shuffle(Int32Array.from(y.keys()));
  const dealt = options.classCount > 0 ? shuffled.toSorted((a, b) => y[a]! - y[b]!) : shuffled;
  const foldOfRow = new Int32Array(y.length);
  dealt.forEach((row, i) => (foldOfRow[row] = i % count));
  const all = Int32Array.from(y.keys());
  return Array.from({ length: count }, (_, fold) => ({
    training: all.filter((row) => foldOfRow[row] !== fold),
    judged: all.filter((row) => foldOfRow[row] === fold),
  }));
}

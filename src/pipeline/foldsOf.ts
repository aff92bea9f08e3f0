/** Cuts rows into folds. */
import { random } from "../core/random.ts";

/** One fold: train on the others, judge on it. Positions, ascending. */
export interface Fold {
  readonly training: Int32Array;
  readonly judged: Int32Array;
}

/** Shuffled folds; with `classCount` above 0 each class is spread evenly (stratified), as far as it has rows. */
export function foldsOf(y: Float64Array, count: number, options: { seed: number; classCount: number }): Fold[] {
  const foldOfRow = new Int32Array(y.length);
  const rows = random(options.seed).shuffle(Int32Array.from(y.keys()));
  const dealt = new Int32Array(Math.max(1, options.classCount));
  for (const row of rows) {
    const group = options.classCount > 0 ? y[row]! : 0;
    foldOfRow[row] = dealt[group]!++ % count;
  }
  const all = Int32Array.from(y.keys());
  return Array.from({ length: count }, (_, fold) => ({
    training: all.filter((row) => foldOfRow[row] !== fold),
    judged: all.filter((row) => foldOfRow[row] === fold),
  }));
}

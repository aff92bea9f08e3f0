/** Divides rows into folds. */
import { random } from "../../core/random.ts";
import type { Split } from "./splitRows.ts";

/** One fold validates, the others train. */
export type Fold = Split;

/** Shuffled folds whose sizes differ by at most one row. With `classCount` above 0 they are stratified by class. */
export function foldsOf(y: Float64Array, count: number, options: { seed: number; classCount: number }): Fold[] {
  const shuffled = random(options.seed).shuffle(Int32Array.from(y.keys()));
  const dealt = options.classCount > 0 ? shuffled.toSorted((a, b) => y[a]! - y[b]!) : shuffled;
  const foldOfRow = new Int32Array(y.length);
  dealt.forEach((row, i) => (foldOfRow[row] = i % count));
  const all = Int32Array.from(y.keys());
  return Array.from({ length: count }, (_, fold) => ({
    training: all.filter((row) => foldOfRow[row] !== fold),
    validation: all.filter((row) => foldOfRow[row] === fold),
  }));
}

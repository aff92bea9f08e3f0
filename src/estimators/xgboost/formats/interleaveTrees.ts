/** Puts the trees of all outputs in turn: first of each, second of each; parallel trees stand together in XGBoost. */
import type { Tree } from "../ensemble.ts";

/**
 * @param outputs output of each tree
 * @throws {RangeError} where outputs have different numbers of trees
 */
export function interleaveTrees(trees: readonly Tree[], outputs: readonly number[], outputCount: number): Tree[] {
  const queues = Array.from({ length: outputCount }, (_, k) => trees.filter((_tree, t) => outputs[t] === k));
  if (queues.some((queue) => queue.length * outputCount !== trees.length)) {
    throw new RangeError("its classes have different numbers of trees");
  }
  return trees.map((_, t) => queues[t % outputCount]![Math.floor(t / outputCount)]!);
}

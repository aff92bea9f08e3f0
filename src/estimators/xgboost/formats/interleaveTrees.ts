/** Orders trees as first of each output, second of each output, …; XGBoost stores parallel trees next to each other. */
import type { Tree } from "../ensemble.ts";

/**
 * @param outputs output of each tree
 * @throws {RangeError} if outputs have different numbers of trees
 */
export function interleaveTrees(trees: readonly Tree[], outputs: readonly number[], outputCount: number): Tree[] {
  const queues = Array.from({ length: outputCount }, (_, k) => trees.filter((_tree, t) => outputs[t] === k));
  if (queues.some((queue) => queue.length * outputCount !== trees.length)) {
    throw new RangeError("its classes have different numbers of trees");
  }
  return trees.map((_, t) => queues[t % outputCount]![Math.floor(t / outputCount)]!);
}

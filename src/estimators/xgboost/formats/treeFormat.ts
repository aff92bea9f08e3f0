/** Shared by the formats of XGBoost's models: float32 numbers, base margin, order of nodes and trees. */
import type { Tree } from "../ensemble.ts";
import { objectives, type Objective } from "../objectives.ts";

/** The float64 with the fewest digits that rounds to the same float32, so that JSON has 0.1, not 0.10000000149. */
export function shortFloat(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number(value.toPrecision(9)); // nine digits identify every float32
}

/**
 * The base margin, which is added to the leaf values, of a base score (a prediction). In float32 as XGBoost:
 * `-logf(1.0f / base_score - 1.0f)` for logistic, `logf` for log, else unchanged.
 */
export function baseMarginOf(baseScore: number, objective: Objective): number {
  const score = Math.fround(baseScore);
  const { link } = objectives[objective];
  if (link === "log") return shortFloat(Math.fround(Math.log(score))) + 0;
  if (link !== "logistic") return shortFloat(score);
  const margin = Math.fround(-Math.log(Math.fround(Math.fround(1 / score) - 1)));
  return shortFloat(margin) + 0; // + 0 turns −0 into 0: JSON has no −0
}

/** A node as XGBoost stores it, where `left` is −1 in a leaf. */
type StoredNode = { readonly right: number } & { readonly [List in keyof Tree]: number };

/**
 * Renumbers the nodes level by level: drops pruned nodes and puts the right child after the left.
 * @throws {RangeError} if children form a loop
 */
export function treeOf(nodeAt: (node: number) => StoredNode, count: number): Tree {
  const tree = { feature: [0], value: [0], left: [0], missingLeft: [0], gain: [0], cover: [0] };
  const pending = [0];
  for (let at = 0; at < pending.length; at++) {
    if (pending.length > count || pending[at]! >= count) throw new RangeError("a tree has invalid child nodes");
    const node = nodeAt(pending[at]!);
    const isLeaf = node.left === -1;
    tree.feature[at] = isLeaf ? -1 : node.feature;
    tree.value[at] = node.value;
    tree.left[at] = isLeaf ? 0 : pending.length;
    tree.missingLeft[at] = isLeaf ? 0 : node.missingLeft;
    tree.gain[at] = isLeaf ? 0 : node.gain;
    tree.cover[at] = node.cover;
    if (!isLeaf) pending.push(node.left, node.right);
  }
  return tree;
}

/**
 * Trees as first of each output, second of each output, …; XGBoost stores parallel trees next to each other.
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

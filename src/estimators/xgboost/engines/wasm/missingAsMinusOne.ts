/** Hides the missing value of ml-xgboost, which is exactly −1, from data and trees. */
import type { Tree } from "../../ensemble.ts";

/** Float32 neighbours of −1. */
const BELOW = -1.0000001192092896;
const ABOVE = -0.9999999403953552;

/** As float32, missing (NaN) written as −1 and a real −1 moved to the number below it. */
export function hideMissing(values: Float64Array): Float32Array<ArrayBuffer> {
  const hidden = new Float32Array(values);
  for (let i = 0; i < hidden.length; i++) {
    const value = hidden[i]!;
    if (value === -1) hidden[i] = BELOW;
    else if (Number.isNaN(value)) hidden[i] = -1;
  }
  return hidden;
}

/**
 * Undoes the move in the thresholds, so that the tree takes real values. Only −1 itself was moved, down across a
 * threshold of −1: it went left there. With the threshold at the number above −1 it goes left unmoved, and so does
 * every other value that did.
 */
export function revealMissing(tree: Tree): Tree {
  const value = tree.value.map((entry, node) => (tree.feature[node] !== -1 && entry === -1 ? ABOVE : entry));
  return { ...tree, value };
}

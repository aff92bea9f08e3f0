/** ml-xgboost treats exactly −1 as missing: converts data to that encoding and trees back from it. */
import type { Tree } from "../../ensemble.ts";

/** Float32 neighbours of −1. */
const BELOW = -1.0000001192092896;
const ABOVE = -0.9999999403953552;

/** Values as float32, with NaN replaced by −1 and a real −1 by the next float32 below it. */
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
 * Adjusts the thresholds so that the tree can be used with real values. hideMissing moved only −1, to below a threshold
 * of −1, where it went left. With the threshold at the next float32 above −1, an unmoved −1 goes left too, and all
 * other values go the same way as before.
 */
export function revealMissing(tree: Tree): Tree {
  const value = tree.value.map((entry, node) => (tree.feature[node] !== -1 && entry === -1 ? ABOVE : entry));
  return { ...tree, value };
}

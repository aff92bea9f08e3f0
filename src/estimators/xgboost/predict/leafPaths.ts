/** LeafPaths: features and row shares on the path to each leaf of a tree, as TreeSHAP needs them. */
import type { Tree } from "../ensemble.ts";

/**
 * Every feature on a path has one slot, even if it is tested several times. All nodes below a node share its slots, as
 * their first ones.
 */
export interface LeafPaths {
  /** Slot of the feature that a node tests; unused in a leaf. (nodes) */
  readonly slot: Int32Array;
  readonly parent: Int32Array;
  /** First entry of a leaf in `feature` and `share`; −1 for other nodes. (nodes) */
  readonly start: Int32Array;
  /** Number of slots of a leaf. (nodes) */
  readonly size: Int32Array;
  /** Column of each slot of each leaf. */
  readonly feature: Int32Array;
  /** Share of the training rows that follow the path at the tests of that column, multiplied over the tests. */
  readonly share: Float64Array;
  /** Mean leaf value over the training rows, weighted by cover. */
  readonly mean: number;
}

interface Step {
  readonly feature: number;
  readonly share: number;
}

export function leafPaths(tree: Tree): LeafPaths {
  const count = tree.feature.length;
  const [slot, parent] = [new Int32Array(count), new Int32Array(count)];
  const [start, size] = [new Int32Array(count).fill(-1), new Int32Array(count)];
  const feature: number[] = [];
  const share: number[] = [];
  let mean = 0;
  const paths: (readonly Step[])[] = [[]];
  for (let node = 0; node < count; node++) {
    const path = paths[node]!;
    const column = tree.feature[node]!;
    if (column === -1) {
      start[node] = feature.length;
      size[node] = path.length;
      for (const step of path) {
        feature.push(step.feature);
        share.push(step.share);
      }
      mean += path.reduce((product, step) => product * step.share, tree.value[node]!);
      continue;
    }
    const found = path.findIndex((step) => step.feature === column);
    slot[node] = found === -1 ? path.length : found;
    const left = tree.left[node]!;
    for (const child of [left, left + 1]) {
      parent[child] = node;
      paths[child] = withStep(path, slot[node]!, { feature: column, share: shareOf(tree, node, child) });
    }
  }
  return { slot, parent, start, size, feature: Int32Array.from(feature), share: Float64Array.from(share), mean };
}

function withStep(path: readonly Step[], slot: number, step: Step): readonly Step[] {
  const before = path[slot];
  return before === undefined ? [...path, step] : path.with(slot, { ...step, share: before.share * step.share });
}

/** 0.5 if no training row reached the node (weights of 0). */
function shareOf({ cover }: Tree, node: number, child: number): number {
  return cover[node]! > 0 ? cover[child]! / cover[node]! : 0.5;
}

import { describe, expect, it } from "vitest";
import { random } from "../../../core/random.ts";
import { leavesOf } from "../../../testing/importModel.ts";
import type { Tree, TreeEnsemble } from "../ensemble.ts";
import { heapTrees, sumLeaves } from "./heapTrees.ts";
import { sumManyLeaves } from "./leavesInThreads.ts";
import { treePredictor } from "./treePredictor.ts";

describe("heapTrees", () => {
  it("gives bitwise the same predictions for many rows as for one, with missing and infinite values and values on a threshold", () => {
    for (const [seed, outputCount] of [
      [1, 1],
      [2, 3],
      [3, 1],
    ] as const) {
      const ensemble = grown(seed, { treeCount: 30, outputCount, depth: 6, width: 5 });
      const rows = someRows(seed, 1203, 5);
      const predictor = treePredictor(ensemble);
      const together = predictor.predict(rows);
      for (let row = 0; row < rows.rowCount; row += 7) {
        const one = { ...rows, rowCount: 1, values: rows.values.subarray(row * 5, row * 5 + 5) };
        const alone = predictor.predict(one);
        expect([...together.subarray(row * outputCount, (row + 1) * outputCount)]).toEqual([...alone]);
      }
    }
  });

  it("sums leaves in the order of the trees, as float32", () => {
    const ensemble = grown(4, { treeCount: 50, outputCount: 1, depth: 4, width: 3 });
    const rows = someRows(4, 600, 3);
    const predictor = treePredictor(ensemble);
    const leaves = leavesOf(ensemble.trees, rows);
    const expected = Float64Array.from({ length: 600 }, (_, row) => {
      let sum = 0;
      ensemble.trees.forEach((tree, t) => (sum = Math.fround(sum + Math.fround(tree.value[leaves[row * 50 + t]!]!))));
      return Math.fround(sum + ensemble.baseMargin);
    });
    expect([...predictor.predict(rows)]).toEqual([...expected]);
  });

  it("does not support deep trees, which the predictor then walks node by node", () => {
    const ensemble = grown(5, { treeCount: 3, outputCount: 1, depth: 12, width: 4 });
    expect(heapTrees(ensemble)).toBeUndefined();
    const rows = someRows(5, 600, 4);
    expect(treePredictor(ensemble).predict(rows).every(Number.isFinite)).toBe(true);
  });

  it("sums leaves in threads as in one", () => {
    const heap = heapTrees(grown(7, { treeCount: 30, outputCount: 3, depth: 6, width: 5 }))!;
    const rows = someRows(7, 50_001, 5);
    const alone = new Float32Array(rows.rowCount * 3);
    sumLeaves(heap, rows, alone, 3);
    for (const values of [rows.values, new Float32Array(rows.values)])
      expect(sumManyLeaves(heap, { ...rows, values }, 3, 0)).toEqual(alone);
  });

  it("supports trees that are a single leaf", () => {
    const leaf: Tree = { feature: [-1], value: [1.5], left: [0], missingLeft: [0], gain: [0], cover: [1] };
    const ensemble: TreeEnsemble = {
      objective: "reg:squarederror",
      baseMargin: 0.5,
      outputCount: 1,
      trees: [leaf, leaf],
    };
    expect(new Set(treePredictor(ensemble).predict(someRows(6, 600, 2)))).toEqual(new Set([3.5]));
  });
});

/** Random trees whose thresholds are multiples of 1/8, so that values often equal a threshold. */
function grown(
  seed: number,
  size: { treeCount: number; outputCount: number; depth: number; width: number },
): TreeEnsemble {
  const { uniform, integer } = random(seed);
  const trees = Array.from({ length: size.treeCount }, () => {
    const tree = { feature: [0], value: [0], left: [0], missingLeft: [0], gain: [0], cover: [0] };
    const depths = [0];
    for (let node = 0; node < depths.length; node++) {
      const isLeaf =
        depths[node] === size.depth || (depths[node]! > 1 && uniform() < 0.2) || (depths[node]! > 5 && uniform() < 0.6);
      tree.feature[node] = isLeaf ? -1 : integer(size.width);
      tree.value[node] = Math.fround(isLeaf ? uniform() - 0.5 : integer(33) / 8 - 2);
      tree.left[node] = isLeaf ? 0 : depths.length;
      tree.missingLeft[node] = integer(2);
      tree.gain[node] = tree.cover[node] = 0;
      if (!isLeaf) depths.push(depths[node]! + 1, depths[node]! + 1);
    }
    return tree;
  });
  return { objective: "reg:squarederror", baseMargin: 0.25, outputCount: size.outputCount, trees };
}

function someRows(seed: number, rowCount: number, width: number) {
  const { uniform, integer } = random(seed + 100);
  const special = [NaN, Infinity, -Infinity, 0, -0, 2, -2];
  const values = Float64Array.from({ length: rowCount * width }, () =>
    uniform() < 0.15 ? special[integer(special.length)]! : uniform() < 0.5 ? integer(41) / 8 - 2.5 : uniform() * 6 - 3,
  );
  return { rowCount, columnNames: Array.from({ length: width }, (_, i) => `x${i}`), values };
}

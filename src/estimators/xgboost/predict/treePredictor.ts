/** Predicts with a tree ensemble exactly as XGBoost does: float32 comparisons, float32 sums. */
import type { Matrix } from "../../../core/table/table.ts";
import { softmax } from "../../../stats/softmax.ts";
import { type TreeEnsemble, objectives } from "../ensemble.ts";
import { heapTrees, type HeapTrees } from "./heapTrees.ts";
import { sumManyLeaves } from "./leavesInThreads.ts";

/** From this many rows on, converting to HeapTrees pays (about 2 ms for 100 trees). */
const MANY_ROWS = 512;

/** Rows that go through the trees together, so that rows and tree stay in the cache. */
const BLOCK_ROWS = 64;

/**
 * `predict` as Predictor.predict; `margins`: sums of leaf values and base margin, in float32 as XGBoost adds them, row-major
 * (n_samples × outputCount).
 */
export function treePredictor(ensemble: TreeEnsemble) {
  const trees = flatten(ensemble);
  let heap: HeapTrees | undefined | null = null;
  const margins = (X: Matrix): Float32Array => {
    const many = X.rowCount >= MANY_ROWS;
    if (many && heap === null) heap = heapTrees(ensemble);
    const sums =
      many && heap ? sumManyLeaves(heap, X, ensemble.outputCount) : walkTrees(trees, X, ensemble.outputCount);
    for (let i = 0; i < sums.length; i++) sums[i]! += ensemble.baseMargin;
    return sums;
  };
  return { predict: (X: Matrix): Float64Array => linkMargins(ensemble, margins(X)), margins };
}

/** All trees in shared arrays; children are positions in these arrays. */
function flatten({ trees }: TreeEnsemble) {
  const nodeCount = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  const flat = {
    roots: new Int32Array(trees.length),
    feature: new Int32Array(nodeCount),
    value: new Float32Array(nodeCount),
    left: new Int32Array(nodeCount),
    /** Offset from the left child to the child for missing values: 0 or 1. */
    missing: new Uint8Array(nodeCount),
  };
  let start = 0;
  trees.forEach((tree, t) => {
    flat.roots[t] = start;
    flat.feature.set(tree.feature, start);
    flat.value.set(tree.value, start);
    for (let node = 0; node < tree.left.length; node++) {
      flat.left[start + node] = start + tree.left[node]!;
      flat.missing[start + node] = tree.missingLeft[node] === 1 ? 0 : 1;
    }
    start += tree.feature.length;
  });
  return flat;
}

/** Sums the leaf values of each row, in blocks of rows; each row gets its trees in order. */
function walkTrees(trees: ReturnType<typeof flatten>, X: Matrix, outputCount: number): Float32Array {
  const sums = new Float32Array(X.rowCount * outputCount);
  const { roots, feature, value, left, missing } = trees;
  const width = X.columnNames.length;
  const block = new Float32Array(BLOCK_ROWS * width);
  for (let start = 0; start < X.rowCount; start += BLOCK_ROWS) {
    const end = Math.min(start + BLOCK_ROWS, X.rowCount);
    block.set(X.values.subarray(start * width, end * width)); // rounds to float32
    for (let tree = 0; tree < roots.length; tree++) {
      for (let row = start; row < end; row++) {
        const at = (row - start) * width;
        let node = roots[tree]!;
        for (let column = feature[node]!; column >= 0; column = feature[node]!) {
          const entry = block[at + column]!;
          const threshold = value[node]!;
          node = left[node]! + (entry < threshold ? 0 : entry >= threshold ? 1 : missing[node]!);
        }
        sums[row * outputCount + (tree % outputCount)]! += value[node]!;
      }
    }
  }
  return sums;
}

/** Converts margins to predictions: unchanged, or by exp, sigmoid or softmax. */
export function linkMargins(
  { objective, outputCount }: Pick<TreeEnsemble, "objective" | "outputCount">,
  sums: Float32Array,
): Float64Array {
  const result = new Float64Array(sums);
  const { link } = objectives[objective];
  if (link === "logistic") return result.map((margin) => 1 / (1 + Math.exp(-margin)));
  if (link === "log") return result.map(Math.exp);
  return link === "softmax" ? softmax(result, outputCount) : result;
}

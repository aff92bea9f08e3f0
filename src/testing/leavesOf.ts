/** The leaf that each row reaches in each tree, by a plain walk: what predictors are compared with. */
import type { Matrix } from "../core/table/table.ts";
import type { Tree } from "../estimators/xgboost/ensemble.ts";

/** @returns leaf number within each tree, row-major (n_samples × n_trees); XGBoost's `pred_leaf` in our numbering */
export function leavesOf(trees: readonly Tree[], { rowCount, columnNames, values }: Matrix): Int32Array {
  return Int32Array.from({ length: rowCount * trees.length }, (_, at) => {
    const { feature, value, left, missingLeft } = trees[at % trees.length]!;
    const first = Math.floor(at / trees.length) * columnNames.length;
    let node = 0;
    while (feature[node]! >= 0) {
      const entry = Math.fround(values[first + feature[node]!]!);
      const goesLeft = Number.isNaN(entry) ? missingLeft[node] === 1 : entry < Math.fround(value[node]!);
      node = left[node]! + (goesLeft ? 0 : 1);
    }
    return node;
  });
}

/** Exact, path-dependent TreeSHAP: contribution of each feature to each prediction of a tree ensemble. */
import type { Contributions } from "../../../core/estimator.ts";
import type { Matrix } from "../../../core/table/matrix.ts";
import type { Tree, TreeEnsemble } from "../ensemble.ts";
import { leafContributions } from "./leafContributions.ts";
import { leafPaths, type LeafPaths } from "./leafPaths.ts";
import { objectives } from "../objectives.ts";

/** Maximum number of slots of a leaf with a table: 4,096 outcomes. */
const TABLE_SLOTS = 12;
/** Maximum number of entries in the tables of one tree: 32 MB. */
const TABLE_ENTRIES = 4_000_000;
/** Minimum number of rows per outcome for a table to be worth filling. */
const USES_PER_OUTCOME = 2;

/**
 * The same values as XGBoost's `pred_contribs`, in float64. A leaf has 2^d possible outcomes, by which of the d
 * features on its path pass. For many rows their contributions are tabulated per leaf, so that a row costs d additions
 * per leaf.
 * @param outputs the first of them; the values of the others are 0
 * @returns contributions to the margin; together with the base value they sum to the margin
 * @see Lundberg et al., Consistent individualized feature attribution for tree ensembles (2018)
 * @see Yang, Fast TreeSHAP (2021), for the tables
 */
export function treeShap(ensemble: TreeEnsemble, X: Matrix, outputs = Infinity): Contributions {
  const { outputCount, trees, baseMargin } = ensemble;
  const width = X.columnNames.length;
  const baseValues = new Float64Array(outputCount).fill(baseMargin);
  const values = new Float64Array(X.rowCount * outputCount * width);
  const rows = new Float32Array(X.values); // as the trees compare them
  trees.forEach((tree, t) => {
    const output = t % outputCount;
    if (output >= outputs) return;
    const paths = leafPaths(tree);
    baseValues[output]! += paths.mean;
    if (tree.feature.length === 1) return;
    const explainer = { tree, paths, tables: tables(tree, paths, X.rowCount), rows, width };
    addTree(explainer, X.rowCount, { values, first: output * width, stride: outputCount * width });
  });
  const isLog = objectives[ensemble.objective].link === "log";
  return { ...(isLog ? { unit: "log_target" as const } : {}), outputCount, values, baseValues };
}

interface Tables {
  /** First entry of a leaf's table, −1 if it has none; (nodes). */
  readonly at: Int32Array;
  /** By outcome and slot; bit k of an outcome is 1 if the feature of slot k fails. */
  readonly entries: Float64Array;
}

function tables({ feature, value }: Tree, paths: LeafPaths, rowCount: number): Tables {
  const at = new Int32Array(feature.length).fill(-1);
  let total = 0;
  feature.forEach((column, node) => {
    const slots = paths.size[node]!;
    if (column !== -1 || slots > TABLE_SLOTS || rowCount < USES_PER_OUTCOME << slots) return;
    if (total + (slots << slots) > TABLE_ENTRIES) return;
    at[node] = total;
    total += slots << slots;
  });
  const entries = new Float64Array(total);
  const isFailed = new Uint8Array(TABLE_SLOTS);
  at.forEach((first, node) => {
    if (first === -1) return;
    const slots = paths.size[node]!;
    for (let outcome = 0; outcome < 1 << slots; outcome++) {
      for (let k = 0; k < slots; k++) isFailed[k] = (outcome >> k) & 1;
      const to = { result: entries, at: first + outcome * slots };
      leafContributions(paths, { node, value: value[node]! }, isFailed, to);
    }
  });
  return { at, entries };
}

interface TreeExplainer {
  readonly tree: Tree;
  readonly paths: LeafPaths;
  readonly tables: Tables;
  /** float32, row-major. */
  readonly rows: Float32Array;
  readonly width: number;
}

interface Sums {
  readonly values: Float64Array;
  readonly first: number;
  /** Distance from one row to the next. */
  readonly stride: number;
}

/** Visits every node once per row, with a mask of the tests failed on its path; at a leaf adds the contributions. */
function addTree({ tree, paths, tables: { at, entries }, rows, width }: TreeExplainer, rowCount: number, sums: Sums) {
  const { start, size, feature: slotFeature } = paths;
  const count = tree.feature.length;
  const column = Int32Array.from(tree.feature);
  const threshold = Float32Array.from(tree.value);
  const left = Int32Array.from(tree.left);
  const missingLeft = Uint8Array.from(tree.missingLeft);
  // Slots beyond TABLE_SLOTS are on paths too long for a table, which singleLeaf handles.
  const bit = paths.slot.map((slot) => (slot < TABLE_SLOTS ? 1 << slot : 0));
  const failed = new Int32Array(count);
  const { values } = sums;
  const single = singleLeaf(tree, paths);
  for (let row = 0; row < rowCount; row++) {
    const sum = sums.first + row * sums.stride;
    for (let node = 0; node < count; node++) {
      const outcome = failed[node]!;
      if (column[node]! >= 0) {
        const entry = rows[row * width + column[node]!]!;
        const goesLeft = entry < threshold[node]! || (!(entry >= threshold[node]!) && missingLeft[node] === 1);
        const child = left[node]!;
        failed[goesLeft ? child : child + 1] = outcome;
        failed[goesLeft ? child + 1 : child] = outcome | bit[node]!;
        continue;
      }
      const slots = size[node]!;
      const from = start[node]!;
      if (at[node] === -1) single(node, rows.subarray(row * width, (row + 1) * width), values.subarray(sum));
      else {
        const first = at[node]! + outcome * slots;
        for (let k = 0; k < slots; k++) values[sum + slotFeature[from + k]!]! += entries[first + k]!;
      }
    }
  }
}

/** Contributions of a leaf without a table: evaluates the tests on the path up to the root. */
function singleLeaf(tree: Tree, paths: LeafPaths): (node: number, row: Float32Array, sums: Float64Array) => void {
  const isFailed = new Uint8Array(tree.feature.length);
  const result = new Float64Array(tree.feature.length);
  return (leaf, row, sums) => {
    const slots = paths.size[leaf]!;
    isFailed.fill(0, 0, slots);
    for (let node = leaf; node > 0; node = paths.parent[node]!) {
      const above = paths.parent[node]!;
      const entry = row[tree.feature[above]!]!;
      const threshold = Math.fround(tree.value[above]!);
      const goesLeft = entry < threshold || (!(entry >= threshold) && tree.missingLeft[above] === 1);
      if (goesLeft !== (node === tree.left[above])) isFailed[paths.slot[above]!] = 1;
    }
    leafContributions(paths, { node: leaf, value: tree.value[leaf]! }, isFailed, { result, at: 0 });
    for (let k = 0; k < slots; k++) sums[paths.feature[paths.start[leaf]! + k]!]! += result[k]!;
  };
}

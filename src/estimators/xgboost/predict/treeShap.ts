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
/** Outcomes of leaves with more slots do not fit in 32 bits. */
const MASK_SLOTS = 31;
/** Maximum number of outcomes of leaves without a table that are kept at a time: 16 MB. */
const KEPT_OUTCOMES = 4_000_000;

/**
 * The same values as XGBoost's `pred_contribs`, in float64. A leaf has 2^d possible outcomes, by which of the d
 * features on its path pass. For many rows their contributions are tabulated per leaf, so that a row costs d additions
 * per leaf; of the other leaves, such as deep ones, each outcome that occurs is computed once.
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
    const sums = { values, first: output * width, stride: outputCount * width };
    addFromTables(explainer, X.rowCount, sums);
    const others = [...tree.feature.keys()].filter((n) => tree.feature[n] === -1 && explainer.tables.at[n] === -1);
    if (others.length > 0) addOthers(explainer, others, X.rowCount, sums);
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
    const contributions = leafContributions(paths, { node, value: value[node]! });
    for (let outcome = 0; outcome < 1 << slots; outcome++) {
      for (let k = 0; k < slots; k++) isFailed[k] = (outcome >> k) & 1;
      contributions(isFailed, entries, first + outcome * slots);
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

interface Rows {
  readonly start: number;
  readonly count: number;
}

/** Visits every node once per row, with a mask of the tests failed on its path; at a leaf with a table adds the contributions. */
function addFromTables(
  { tree, paths, tables: { at, entries }, rows, width }: TreeExplainer,
  rowCount: number,
  sums: Sums,
) {
  const { start, size, feature: slotFeature } = paths;
  const count = tree.feature.length;
  const column = Int32Array.from(tree.feature);
  const threshold = Float32Array.from(tree.value);
  const left = Int32Array.from(tree.left);
  const missingLeft = Uint8Array.from(tree.missingLeft);
  // Slots beyond TABLE_SLOTS are on paths too long for a table.
  const bit = paths.slot.map((slot) => (slot < TABLE_SLOTS ? 1 << slot : 0));
  const failed = new Int32Array(count);
  const { values } = sums;
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
      if (at[node] === -1) continue;
      const first = at[node]! + outcome * slots;
      for (let k = 0; k < slots; k++) values[sum + slotFeature[from + k]!]! += entries[first + k]!;
    }
  }
}

/** The leaves without a table, one after the other. */
function addOthers(explainer: TreeExplainer, leaves: readonly number[], rowCount: number, sums: Sums): void {
  const step = Math.max(1, Math.floor(KEPT_OUTCOMES / leaves.length));
  for (let start = 0; start < rowCount; start += step) {
    const count = Math.min(step, rowCount - start);
    const outcomes = outcomesOf(explainer, leaves, { start, count });
    for (let place = 0; place < leaves.length; place++) {
      const own = outcomes.subarray(place * count, (place + 1) * count);
      addLeaf(explainer, { node: leaves[place]!, outcomes: own, start }, sums);
    }
  }
}

/** By leaf and row: bit k is 1 if the row fails a test of the feature of slot k. */
function outcomesOf({ tree, paths, rows, width }: TreeExplainer, leaves: readonly number[], some: Rows): Int32Array {
  const { feature, left } = tree;
  const threshold = Float32Array.from(tree.value);
  const failed = new Int32Array(feature.length);
  const outcomes = new Int32Array(leaves.length * some.count);
  for (let i = 0; i < some.count; i++) {
    for (let node = 0; node < feature.length; node++) {
      const column = feature[node]!;
      if (column < 0) continue;
      const entry = rows[(some.start + i) * width + column]!;
      const goesLeft = entry < threshold[node]! || (!(entry >= threshold[node]!) && tree.missingLeft[node] === 1);
      const [child, slot] = [left[node]!, paths.slot[node]!];
      failed[goesLeft ? child : child + 1] = failed[node]!;
      failed[goesLeft ? child + 1 : child] = failed[node]! | (slot < MASK_SLOTS ? 1 << slot : 0);
    }
    for (let place = 0; place < leaves.length; place++) outcomes[place * some.count + i] = failed[leaves[place]!]!;
  }
  return outcomes;
}

interface Leaf {
  readonly node: number;
  /** By row, from row `start` on. */
  readonly outcomes: Int32Array;
  readonly start: number;
}

/** Computes the contributions of a leaf once for all rows with the same outcome. */
function addLeaf(explainer: TreeExplainer, { node, outcomes, start }: Leaf, { values, first, stride }: Sums): void {
  const { tree, paths, rows, width } = explainer;
  const { feature } = paths;
  const [slots, from] = [paths.size[node]!, paths.start[node]!];
  const contributions = leafContributions(paths, { node, value: tree.value[node]! });
  const entries = new Float64Array(outcomes.length * slots);
  const isFailed = new Uint8Array(slots);
  const known = slots > TABLE_SLOTS ? new Map<number, number>() : new Int32Array(1 << slots);
  let found = 0; // outcomes are numbered from 1
  for (let i = 0; i < outcomes.length; i++) {
    const outcome = outcomes[i]!;
    let place = known instanceof Map ? known.get(outcome) : known[outcome];
    if (!place || slots > MASK_SLOTS) {
      place = ++found;
      if (known instanceof Map) known.set(outcome, place);
      else known[outcome] = place;
      if (slots > MASK_SLOTS) failTests(explainer, node, rows.subarray((start + i) * width), isFailed);
      else for (let k = 0; k < slots; k++) isFailed[k] = (outcome >>> k) & 1;
      contributions(isFailed, entries, (place - 1) * slots);
    }
    const entry = (place - 1) * slots;
    const sum = first + (start + i) * stride;
    for (let k = 0; k < slots; k++) values[sum + feature[from + k]!]! += entries[entry + k]!;
  }
}

/** Sets `isFailed` by the tests on the path from the leaf up to the root. */
function failTests({ tree, paths }: TreeExplainer, leaf: number, row: Float32Array, isFailed: Uint8Array): void {
  isFailed.fill(0, 0, paths.size[leaf]!);
  for (let node = leaf; node > 0; node = paths.parent[node]!) {
    const above = paths.parent[node]!;
    const entry = row[tree.feature[above]!]!;
    const threshold = Math.fround(tree.value[above]!);
    const goesLeft = entry < threshold || (!(entry >= threshold) && tree.missingLeft[above] === 1);
    if (goesLeft !== (node === tree.left[above])) isFailed[paths.slot[above]!] = 1;
  }
}

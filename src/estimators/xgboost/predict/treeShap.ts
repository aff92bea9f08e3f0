/** Exact, path-dependent TreeSHAP: contribution of each feature to each prediction of a tree ensemble. */
import type { Contributions } from "../../../core/estimator.ts";
import type { Matrix } from "../../../core/table/table.ts";
import { type Tree, type TreeEnsemble, objectives } from "../ensemble.ts";
import { doubled, leafContributions, leafPaths, type LeafPaths } from "./leafContributions.ts";

/** Outcomes of leaves with more slots are found by a map, not by a table. */
const TABLE_SLOTS = 16;
/** Outcomes of leaves with more slots do not fit in 32 bits. */
const MASK_SLOTS = 31;
/** Rows that go through a tree together, so that their sums and outcomes stay in the cache. */
const BLOCK_ROWS = 256;
/** A power of two, of which the outcomes of a block fill a quarter at most. */
const HASHED = 1024;

/**
 * The same values as XGBoost's `pred_contribs`, in float64. A leaf has 2^d possible outcomes, by which of the d
 * features on its path pass. Each outcome that occurs is computed once, so that a row costs d additions per leaf.
 * @param outputs the first of them; the values of the others are 0
 * @returns contributions to the margin; together with the base value they sum to the margin
 * @see Lundberg et al., Consistent individualized feature attribution for tree ensembles (2018)
 */
export function treeShap(ensemble: TreeEnsemble, X: Matrix, outputs = Infinity): Contributions {
  const { outputCount, trees, baseMargin } = ensemble;
  const width = X.columnNames.length;
  const baseValues = new Float64Array(outputCount).fill(baseMargin);
  const values = new Float64Array(X.rowCount * outputCount * width);
  const rows = new Float32Array(X.values); // as the trees compare them
  // A block is done with a leaf before the next: what is computed once for a leaf takes the same room for all of them.
  const room = X.rowCount <= BLOCK_ROWS ? leafRoom() : undefined;
  trees.forEach((tree, t) => {
    const output = t % outputCount;
    if (output >= outputs) return;
    const paths = leafPaths(tree);
    baseValues[output]! += paths.mean;
    if (tree.feature.length === 1) return;
    const leaves = [...tree.feature.keys()].filter((node) => tree.feature[node] === -1);
    const sums = { values, first: output * width, stride: outputCount * width };
    const outcomesOf = outcomesOfRows({ tree, paths, rows, width }, leaves);
    const adderOf = (node: number) => leafAdder({ tree, paths, rows, width }, node, sums, room);
    if (room !== undefined) {
      const outcomes = outcomesOf(0, X.rowCount);
      leaves.forEach((node, place) =>
        adderOf(node)(outcomes.subarray(place * BLOCK_ROWS, place * BLOCK_ROWS + X.rowCount), 0),
      );
      return;
    }
    const addLeaves = leaves.map(adderOf);
    for (let start = 0; start < X.rowCount; start += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, X.rowCount - start);
      const outcomes = outcomesOf(start, count);
      addLeaves.forEach((add, place) => add(outcomes.subarray(place * BLOCK_ROWS, place * BLOCK_ROWS + count), start));
    }
  });
  const isLog = objectives[ensemble.objective].link === "log";
  return { ...(isLog ? { unit: "log_target" as const } : {}), outputCount, values, baseValues };
}

interface TreeExplainer {
  readonly tree: Tree;
  readonly paths: LeafPaths;
  /** float32, row-major. */
  readonly rows: Float32Array;
  readonly width: number;
}

/** @returns a function of a block of rows: by leaf and row, bit k is 1 if the row fails a test of the feature of slot k */
function outcomesOfRows({ tree, paths, rows, width }: TreeExplainer, leaves: readonly number[]) {
  const feature = Int32Array.from(tree.feature);
  const left = Int32Array.from(tree.left);
  const missingLeft = Uint8Array.from(tree.missingLeft);
  const threshold = Float32Array.from(tree.value);
  const bit = paths.slot.map((slot) => (slot < MASK_SLOTS ? 1 << slot : 0));
  const places = new Int32Array(feature.length);
  leaves.forEach((node, place) => (places[node] = place * BLOCK_ROWS));
  const failed = new Int32Array(feature.length);
  const outcomes = new Int32Array(leaves.length * BLOCK_ROWS);
  return (start: number, count: number): Int32Array => {
    for (let i = 0; i < count; i++) {
      const row = (start + i) * width;
      for (let node = 0; node < feature.length; node++) {
        const outcome = failed[node]!;
        if (feature[node]! < 0) {
          outcomes[places[node]! + i] = outcome;
          continue;
        }
        const entry = rows[row + feature[node]!]!;
        const goesLeft = entry < threshold[node]! || (!(entry >= threshold[node]!) && missingLeft[node] === 1);
        const child = left[node]!;
        failed[goesLeft ? child : child + 1] = outcome;
        failed[goesLeft ? child + 1 : child] = outcome | bit[node]!;
      }
    }
    return outcomes;
  };
}

type LeafRoom = ReturnType<typeof leafRoom>;

function leafRoom() {
  const mostTerms = 3 * MASK_SLOTS * ((MASK_SLOTS + 1) >> 1);
  return {
    terms: new Float64Array(mostTerms),
    entries: new Float64Array(BLOCK_ROWS * MASK_SLOTS),
    outcomes: new Outcomes(),
  };
}

/** The numbers of the outcomes of one leaf: a hash table that is emptied at once. */
class Outcomes {
  readonly #keys = new Int32Array(HASHED);
  readonly #places = new Int32Array(HASHED);
  /** Which leaf filled a place. */
  readonly #leaves = new Int32Array(HASHED);
  #leaf = 0;

  clear(): this {
    this.#leaf++;
    return this;
  }

  get(outcome: number): number | undefined {
    const at = this.#find(outcome);
    return this.#leaves[at] === this.#leaf ? this.#places[at] : undefined;
  }

  set(outcome: number, place: number): void {
    const at = this.#find(outcome);
    this.#leaves[at] = this.#leaf;
    this.#keys[at] = outcome;
    this.#places[at] = place;
  }

  #find(outcome: number): number {
    let at = Math.imul(outcome, 0x9e3779b1) >>> 22;
    while (this.#leaves[at] === this.#leaf && this.#keys[at] !== outcome) at = (at + 1) % HASHED;
    return at;
  }
}

/**
 * @param stride distance from the values of one row to those of the next
 * @returns a function that adds the contributions of a leaf to rows from `start` on, whose outcomes it is given
 */
function leafAdder(
  explainer: TreeExplainer,
  node: number,
  { values, first, stride }: { values: Float64Array; first: number; stride: number },
  room: LeafRoom | undefined,
) {
  const { tree, paths, rows, width } = explainer;
  const [slots, from] = [paths.size[node]!, paths.start[node]!];
  const columns = paths.feature.subarray(from, from + slots);
  const contributions = leafContributions(paths, { node, value: tree.value[node]! }, room?.terms);
  const isFailed = new Uint8Array(slots);
  const table = () =>
    room?.outcomes.clear() ?? (slots > TABLE_SLOTS ? new Map<number, number>() : new Int32Array(1 << slots));
  const known = slots > MASK_SLOTS ? undefined : table();
  let entries = room?.entries ?? new Float64Array(slots);
  let found = 0; // outcomes are numbered from 1
  return (outcomes: Int32Array, start: number): void => {
    for (let i = 0; i < outcomes.length; i++) {
      const outcome = outcomes[i]!;
      let place = known instanceof Int32Array ? known[outcome] : known?.get(outcome);
      if (!place) {
        place = known === undefined ? 1 : ++found;
        if (known instanceof Int32Array) known[outcome] = place;
        else known?.set(outcome, place);
        while (place * slots > entries.length) entries = doubled(entries);
        if (slots > MASK_SLOTS) failTests(explainer, node, rows.subarray((start + i) * width), isFailed);
        else for (let k = 0; k < slots; k++) isFailed[k] = (outcome >>> k) & 1;
        contributions(isFailed, entries, (place - 1) * slots);
      }
      const entry = (place - 1) * slots;
      const sum = first + (start + i) * stride;
      for (let k = 0; k < slots; k++) values[sum + columns[k]!]! += entries[entry + k]!;
    }
  };
}

/** Sets `isFailed` by the tests on the path from the leaf up to the root. */
function failTests({ tree, paths }: TreeExplainer, leaf: number, row: Float32Array, isFailed: Uint8Array): void {
  isFailed.fill(0);
  for (let node = leaf; node > 0; node = paths.parent[node]!) {
    const above = paths.parent[node]!;
    const entry = row[tree.feature[above]!]!;
    const threshold = Math.fround(tree.value[above]!);
    const goesLeft = entry < threshold || (!(entry >= threshold) && tree.missingLeft[above] === 1);
    if (goesLeft !== (node === tree.left[above])) isFailed[paths.slot[above]!] = 1;
  }
}

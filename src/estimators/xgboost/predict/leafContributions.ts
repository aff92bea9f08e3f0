/** Shapley values of the leaves of a tree: contribution of each feature on the path to a leaf. */
import type { Tree } from "../ensemble.ts";

/**
 * Features and row shares on the path to each leaf. Every feature on a path has one slot, even if it is tested several
 * times. All nodes below a node share its slots, as their first ones.
 */
export interface LeafPaths {
  /** Slot of the feature that a node tests; unused in a leaf. (nodes) */
  readonly slot: Int32Array;
  readonly parent: Int32Array;
  /** First entry of a node in `feature` and `share`. (nodes) */
  readonly start: Int32Array;
  /** Number of slots of a node. (nodes) */
  readonly size: Int32Array;
  /** Column of each slot of each node. */
  readonly feature: Int32Array;
  /** Share of the training rows that follow the path at the tests of that column, multiplied over the tests. */
  readonly share: Float64Array;
  /** Mean leaf value over the training rows, weighted by cover. */
  readonly mean: number;
}

export function leafPaths({ feature: columns, value, left, cover }: Tree): LeafPaths {
  const count = columns.length;
  const [slot, parent] = [new Int32Array(count), new Int32Array(count)];
  const [start, size] = [new Int32Array(count), new Int32Array(count)];
  let [feature, share] = [new Int32Array(8 * count), new Float64Array(8 * count)];
  let used = 0;
  let mean = 0;
  for (let node = 0; node < count; node++) {
    const [from, slots, column] = [start[node]!, size[node]!, columns[node]!];
    if (column === -1) {
      let product = value[node]!;
      for (let i = from; i < from + slots; i++) product *= share[i]!;
      mean += product;
      continue;
    }
    let found = 0;
    while (found < slots && feature[from + found] !== column) found++;
    slot[node] = found;
    while (used + 2 * (slots + 1) > feature.length) [feature, share] = [doubled(feature), doubled(share)];
    for (let child = left[node]!; child <= left[node]! + 1; child++) {
      parent[child] = node;
      start[child] = used;
      size[child] = Math.max(slots, found + 1);
      feature.copyWithin(used, from, from + slots);
      share.copyWithin(used, from, from + slots);
      feature[used + found] = column;
      // 0.5 if no training row reached the node (weights of 0)
      const part = cover[node]! > 0 ? cover[child]! / cover[node]! : 0.5;
      share[used + found] = found === slots ? part : share[used + found]! * part;
      used += size[child]!;
    }
  }
  return { slot, parent, start, size, feature, share, mean };
}

export function doubled<T extends Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(values: T): T {
  const larger = new (values.constructor as new (length: number) => T)(2 * values.length);
  larger.set(values);
  return larger;
}

/**
 * A coalition S of features has the value v · Π_{k ∈ S} o_k · Π_{k ∉ S} z_k, where v is the leaf value, o_k is 1 if the
 * row passes all tests of feature k and 0 if not, and z_k is the share of the training rows that pass. The Shapley
 * weights are beta functions, s! (d − 1 − s)! / d! = ∫ x^s (1 − x)^(d−1−s) dx, so that
 *
 *   φ_k = v (o_k − z_k) ∫ Π_{j ≠ k} (o_j x + z_j (1 − x)) dx  over (0, 1),
 *
 * a polynomial of degree d − 1, which Gauss–Legendre quadrature integrates exactly. All terms are positive: nothing
 * cancels. What does not depend on the row is computed once; then O(d²) a row, without a division.
 * @param scratch room for all that is computed once, of a function that is used before the next is made
 * @returns a function from the failed features, by slot 1 if the row fails a test of it, to the contributions: it
 *   overwrites the d entries of `result` from `at` on
 */
export function leafContributions(
  { start, size, share }: LeafPaths,
  leaf: { readonly node: number; readonly value: number },
  scratch?: Float64Array,
): (isFailed: Uint8Array, result: Float64Array, at: number) => void {
  const slots = size[leaf.node]!;
  const from = start[leaf.node]!;
  const { points, weights } = gaussLegendre((slots + 1) >> 1);
  // By point and slot: the factor of a feature that fails, of one that passes, and one over the latter.
  const room = 3 * points.length * slots;
  const terms = scratch !== undefined && room <= scratch.length ? scratch : new Float64Array(room);
  for (let q = 0, i = 0; q < points.length; q++) {
    for (let k = 0; k < slots; k++, i += 3) {
      terms[i] = share[from + k]! * (1 - points[q]!);
      terms[i + 1] = points[q]! + terms[i]!;
      terms[i + 2] = 1 / terms[i + 1]!;
    }
  }
  return (isFailed, result, at) => {
    result.fill(0, at, at + slots);
    let failed = 0; // the same for all failed features: z_k / (z_k (1 − x)) does not depend on k
    for (let q = 0; q < points.length; q++) {
      const first = 3 * q * slots;
      let product = weights[q]!;
      for (let k = 0; k < slots; k++) product *= terms[first + 3 * k + 1 - isFailed[k]!]!;
      failed += product / (1 - points[q]!);
      for (let k = 0; k < slots; k++) result[at + k]! += product * terms[first + 3 * k + 2]!;
    }
    for (let k = 0; k < slots; k++)
      result[at + k] = leaf.value * (isFailed[k] === 1 ? -failed : (1 - share[from + k]!) * result[at + k]!);
  };
}

const quadratures = new Map<number, { readonly points: Float64Array; readonly weights: Float64Array }>();

/**
 * Gauss–Legendre quadrature on (0, 1): `count` points integrate every polynomial of degree 2 · count − 1 exactly.
 * @see Press et al., Numerical Recipes, 4.6: the roots of the Legendre polynomial by Newton's method
 */
export function gaussLegendre(count: number) {
  const known = quadratures.get(count);
  if (known !== undefined) return known;
  const [points, weights] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 0; i < count; i++) {
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 0;
    for (let step = 1, turn = 0; turn < 100 && Math.abs(step) >= 1e-15; x -= step, turn++) {
      let [before, value] = [0, 1]; // Legendre polynomials of degrees n − 1 and n
      for (let n = 1; n <= count; n++) [before, value] = [value, ((2 * n - 1) * x * value - (n - 1) * before) / n];
      slope = (count * (x * value - before)) / (x * x - 1);
      step = value / slope;
    }
    points[i] = (1 - x) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
  const quadrature = { points, weights };
  quadratures.set(count, quadrature);
  return quadrature;
}

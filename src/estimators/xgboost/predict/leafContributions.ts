/** Shapley values of one leaf: contribution of each feature on its path. */
import type { LeafPaths } from "./leafPaths.ts";
import { gaussLegendre } from "./gaussLegendre.ts";

/**
 * A coalition S of features has the value v · Π_{k ∈ S} o_k · Π_{k ∉ S} z_k, where v is the leaf value, o_k is 1 if the
 * row passes all tests of feature k and 0 if not, and z_k is the share of the training rows that pass. The Shapley
 * weights are beta functions, s! (d − 1 − s)! / d! = ∫ x^s (1 − x)^(d−1−s) dx, so that
 *
 *   φ_k = v (o_k − z_k) ∫ Π_{j ≠ k} (o_j x + z_j (1 − x)) dx  over (0, 1),
 *
 * a polynomial of degree d − 1, which Gauss–Legendre quadrature integrates exactly. All terms are positive: nothing
 * cancels. What does not depend on the row is computed once; then O(d²) a row, without a division.
 * @returns a function from the failed features, by slot 1 if the row fails a test of it, to the contributions: it
 *   overwrites the d entries of `result` from `at` on
 */
export function leafContributions(
  { start, size, share }: LeafPaths,
  leaf: { readonly node: number; readonly value: number },
): (isFailed: Uint8Array, result: Float64Array, at: number) => void {
  const slots = size[leaf.node]!;
  const from = start[leaf.node]!;
  const { points, weights } = gaussLegendre((slots + 1) >> 1);
  // By point and slot: the factor of a feature that fails, of one that passes, and one over the latter.
  const terms = new Float64Array(3 * points.length * slots);
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

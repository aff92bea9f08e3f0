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
 * cancels. O(d²).
 * @param isFailed by slot: 1 if the row fails a test of the feature
 * @param result d entries from `at` on are overwritten
 */
export function leafContributions(
  { start, size, share }: LeafPaths,
  leaf: { readonly node: number; readonly value: number },
  isFailed: Uint8Array,
  { result, at }: { readonly result: Float64Array; readonly at: number },
): void {
  const from = start[leaf.node]!;
  const slots = size[leaf.node]!;
  const { points, weights } = gaussLegendre((slots + 1) >> 1);
  result.fill(0, at, at + slots);
  let failed = 0; // the same for all failed features: z_k / (z_k (1 − x)) does not depend on k
  for (let q = 0; q < points.length; q++) {
    const x = points[q]!;
    let product = weights[q]!;
    for (let k = 0; k < slots; k++) product *= (isFailed[k] === 1 ? 0 : x) + share[from + k]! * (1 - x);
    failed += product / (1 - x);
    for (let k = 0; k < slots; k++) result[at + k]! += product / (x + share[from + k]! * (1 - x));
  }
  for (let k = 0; k < slots; k++) {
    result[at + k] = leaf.value * (isFailed[k] === 1 ? -failed : (1 - share[from + k]!) * result[at + k]!);
  }
}

/** Benjamini–Hochberg: adjusts the p-values of many tests to control the false discovery rate. */

/**
 * If every adjusted p-value ≤ q raises an alarm, the expected share of false alarms among them is at most q. Adjusted
 * p-value: minimum over larger p-values of p × tests / rank, at most 1. Like scipy.stats.false_discovery_control (1.11).
 * @param pValues (n_tests), each 0 to 1
 * @returns in the same order
 * @see Benjamini & Hochberg, Controlling the false discovery rate (1995)
 */
export function benjaminiHochberg(pValues: ArrayLike<number>): Float64Array {
  const tests = pValues.length;
  const order = Array.from(pValues, (_, i) => i).toSorted((a, b) => pValues[b]! - pValues[a]!);
  const adjusted = new Float64Array(tests);
  let smallest = 1;
  order.forEach((test, i) => {
    smallest = Math.min(smallest, (pValues[test]! * tests) / (tests - i));
    adjusted[test] = smallest;
  });
  return adjusted;
}

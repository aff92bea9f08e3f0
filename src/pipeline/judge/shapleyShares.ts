/** Shapley shares: splits a difference among a few changes, by their mean effect over all orders of making them. */

/**
 * @param valueOf value after the given changes are made; NaN if unknown
 * @returns by change; they sum to valueOf(all) − valueOf(none), and all are NaN if a value is unknown
 * @see Shapley, A Value for n-Person Games (1953)
 */
export function shapleyShares<T extends string>(
  changes: readonly T[],
  valueOf: (made: ReadonlySet<T>) => number,
): Record<T, number> {
  const shares = Object.fromEntries(changes.map((change) => [change, 0])) as Record<T, number>;
  for (const made of subsets(changes)) {
    const before = valueOf(new Set(made));
    const weight = (factorial(made.length) * factorial(changes.length - made.length - 1)) / factorial(changes.length);
    for (const change of changes.filter((each) => !made.includes(each))) {
      shares[change] += weight * (valueOf(new Set([...made, change])) - before);
    }
  }
  return shares;
}

/** All subsets except the full set. */
function subsets<T>(changes: readonly T[]): T[][] {
  const count = 2 ** changes.length - 1;
  return Array.from({ length: count }, (_, bits) => changes.filter((_each, i) => ((bits >> i) & 1) === 1));
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}

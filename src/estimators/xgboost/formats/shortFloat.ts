/** The float64 with the fewest digits that rounds to the same float32, so that JSON has 0.1, not 0.10000000149. */
export function shortFloat(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number(value.toPrecision(9)); // nine digits identify every float32
}

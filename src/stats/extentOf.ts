/** Minimum and maximum, without missing values (NaN); [Infinity, -Infinity] if there are none. */
export function extentOf(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    // Comparisons with NaN are false.
    if (values[i]! < low) low = values[i]!;
    if (values[i]! > high) high = values[i]!;
  }
  return [low, high];
}

/** Descriptive statistics of numbers; missing values (NaN) are ignored unless a function says otherwise. */

/** A loop over one kind of array is several times faster. */
const float64 = (numbers: ArrayLike<number>): Float64Array =>
  numbers instanceof Float64Array ? numbers : Float64Array.from(numbers);

/** Arithmetic mean. Ignores missing values (NaN). NaN without values. */
export function mean(numbers: ArrayLike<number>): number {
  const values = float64(numbers);
  // Sums differences from the first value: the mean of a constant column is exact, and dates do not lose precision.
  const shift = values[0]!;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! - shift;
  const result = shift + sum / values.length;
  return Number.isFinite(result) ? result : meanOfSome(values);
}

/** The same with missing or infinite values, and where the sum overflows. */
function meanOfSome(values: Float64Array): number {
  const shift = values.find((value) => !Number.isNaN(value)) ?? NaN;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    if (value !== shift) sum += value - shift;
    count++;
  }
  if (count === 0) return NaN;
  const result = shift + sum / count;
  return Number.isFinite(result) ? result : meanOfShares(values, count);
}

/** The same where the differences overflow: of finite values, no partial sum of shares does. */
function meanOfShares(values: ArrayLike<number>, count: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i]!)) sum += values[i]! / count;
  return sum;
}

/**
 * Ignores missing values (NaN).
 * @param options.ddof delta degrees of freedom: 1 (default) for a sample like pandas, 0 for a population like numpy
 * @param options.center the mean, if it is known
 * @returns NaN unless there are more than `ddof` values, and with infinite values
 */
export function standardDeviation(
  numbers: ArrayLike<number>,
  { ddof = 1, center = mean(numbers) }: { readonly ddof?: number; readonly center?: number } = {},
): number {
  const values = float64(numbers);
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    sum += (value - center) ** 2;
    count++;
  }
  if (!(count > ddof) || Number.isNaN(sum)) return NaN;
  if (areExact(sum)) return Math.sqrt(sum / (count - ddof));
  // Halves, because the difference of two large numbers may overflow as well.
  const halves = Float64Array.from(values, (value) => (Number.isNaN(value) ? 0 : value / 2 - center / 2));
  return 2 * rootOfSquares(halves, count - ddof);
}

/**
 * √(Σ v² / divisor). Squares that overflow, or lose digits because they are subnormal, are computed of scaled values, as
 * in LAPACK's dnrm2. NaN and infinite values give NaN or Infinity.
 */
export function rootOfSquares(values: Float64Array, divisor = 1): number {
  let sum = 0;
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i]! ** 2;
    largest = Math.max(largest, Math.abs(values[i]!));
  }
  if (areExact(sum) || largest === 0 || !Number.isFinite(largest)) return Math.sqrt(sum / divisor);
  sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! / largest) ** 2;
  return largest * Math.sqrt(sum / divisor);
}

/** Whether a sum of squares neither overflowed nor lost digits to underflow. */
export function areExact(squares: number): boolean {
  return squares > 1e-290 && squares < Infinity;
}

/** Minimum and maximum, without missing values (NaN); [Infinity, -Infinity] if there are none. */
export function extentOf(numbers: ArrayLike<number>): [number, number] {
  const values = float64(numbers);
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    // Comparisons with NaN are false.
    if (values[i]! < low) low = values[i]!;
    if (values[i]! > high) high = values[i]!;
  }
  return [low, high];
}

/** Arrays known to be finite, so that several drift tests of the same column scan it once. */
const complete = new WeakSet<Float64Array>();

/** Returns `values` itself if nothing is missing or infinite. Neither it nor the result may be modified. */
export function presentValues(values: Float64Array): Float64Array {
  if (complete.has(values)) return values;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i]!)) return finiteValues(values);
  complete.add(values);
  return values;
}

/** A copy without NaN and ±Infinity, in the same order. */
export function finiteValues(values: ArrayLike<number>): Float64Array {
  const kept = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isFinite(value)) kept[count++] = value;
  }
  return count === kept.length ? kept : kept.slice(0, count);
}

/** Binary search: position of the first entry ≥ `value`; 0 for NaN. @param sorted ascending */
export function lowerBound(sorted: ArrayLike<number>, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Quantile of sorted values, by linear interpolation at position `share` × (n − 1): the default of numpy and R (type 7).
 * @param sorted ascending, without NaN
 * @param share  0 is the minimum, 1 the maximum
 * @returns NaN without values
 */
export function quantileSorted(sorted: ArrayLike<number>, share: number): number {
  if (!(share >= 0 && share <= 1))
    throw new RangeError(`the share of a quantile must be between 0 and 1, not ${share}`);
  if (sorted.length === 0) return NaN;
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  // Avoids the difference of two infinities, which is NaN.
  if (low === high) return low;
  const weight = position - below;
  // The distance of two large numbers may overflow.
  if (high - low === Infinity && Number.isFinite(low) && Number.isFinite(high))
    return low * (1 - weight) + high * weight;
  // Interpolates from the nearer end, like numpy: results agree to the last bit, and rounding never exceeds the end.
  return weight < 0.5 ? low + (high - low) * weight : high - (high - low) * (1 - weight);
}

/** The mean of the two middle values for an even count. Ignores NaN; NaN without values. */
export function median(values: Float64Array): number {
  return quantileSorted(values.filter((value) => !Number.isNaN(value)).toSorted(), 0.5);
}

/** Up to this many values a plain sort is faster. */
const FEW = 20_000;

/** Number of grid cells: about fifteen values per cell for a million evenly distributed values. */
const CELLS = 65_536;

/**
 * Like `quantileSorted` of the sorted values, but for many values only the grid cells that contain a quantile are sorted.
 * O(n), unless most values are concentrated in a tiny part of the range.
 * @param values finite
 * @returns in the order of `shares`; NaN for each without values
 */
export function quantilesOf(values: Float64Array, shares: readonly number[]): number[] {
  const sorted = values.length <= FEW ? values.toSorted() : sortedNear(values, shares);
  return shares.map((share) => quantileSorted(sorted, share));
}

/** Sorted values at the positions that the quantiles read; other positions are not meaningful. */
function sortedNear(values: Float64Array, shares: readonly number[]): Float64Array {
  const [low, high] = extentOf(values);
  const width = high - low;
  const scale = width > 0 && width < Infinity ? (CELLS - 1) / width : 0;
  const starts = new Int32Array(CELLS + 1);
  for (let i = 0; i < values.length; i++) starts[cellOf(values[i]!, low, scale) + 1]!++;
  for (let cell = 1; cell <= CELLS; cell++) starts[cell]! += starts[cell - 1]!;
  const isWanted = new Uint8Array(CELLS);
  for (const share of shares) {
    const place = Math.floor(share * (values.length - 1));
    for (const at of [place, Math.min(place + 1, values.length - 1)]) isWanted[lowerBound(starts, at + 1) - 1] = 1;
  }
  const sorted = new Float64Array(values.length);
  const next = starts.slice();
  for (let i = 0; i < values.length; i++) {
    const cell = cellOf(values[i]!, low, scale);
    if (isWanted[cell] === 1) sorted[next[cell]!++] = values[i]!;
  }
  for (let cell = 0; cell < CELLS; cell++)
    if (isWanted[cell] === 1) sorted.subarray(starts[cell], starts[cell + 1]).sort();
  return sorted;
}

/**
 * Cell of equal width between minimum and maximum; monotonic even with rounding. If the width is so small that `scale` is
 * infinite, | turns infinities and NaN into 0.
 */
function cellOf(value: number, low: number, scale: number): number {
  return ((value - low) * scale) | 0;
}

/** Summary statistics of a column of numbers. */
export interface ColumnStatistics {
  /** Number of finite values. */
  readonly count: number;
  /** NaN without values. */
  readonly mean: number;
  /** Sample standard deviation (n − 1); NaN for fewer than two values. */
  readonly standardDeviation: number;
  /** At 0 %, 1 %, …, 100 %; empty without values. */
  readonly quantiles: readonly number[];
}

const QUANTILE_STEPS = 100;
const SHARES = Array.from({ length: QUANTILE_STEPS + 1 }, (_, i) => i / QUANTILE_STEPS);

/** Weak: an entry lives as long as its array. */
const cache = new WeakMap<Float64Array, ColumnStatistics>();

/**
 * Infinite numbers count as missing, because JSON cannot represent them. Cached by array, which must not be modified:
 * training computes them while another thread grows trees.
 */
export function columnStatistics(values: Float64Array): ColumnStatistics {
  const cached = cache.get(values);
  if (cached !== undefined) return cached;
  const present = presentValues(values);
  const center = mean(present);
  const statistics = {
    count: present.length,
    mean: center,
    standardDeviation: standardDeviation(present, { center }),
    quantiles: present.length === 0 ? [] : quantilesOf(present, SHARES),
  };
  cache.set(values, statistics);
  return statistics;
}

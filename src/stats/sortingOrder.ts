/** Like numpy.argsort, stable. */

/** Up to this many values a comparison sort is faster than a radix sort. */
const FEW = 5_000;

const DIGITS = 65_536;

/**
 * Positions of the values, smallest first; equal values (including 0 and −0) keep their order. Many values are sorted by
 * radix sort with four digits of 16 bits. @param values without NaN
 */
export function sortingOrder(values: Float64Array): Uint32Array {
  const order = new Uint32Array(values.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  if (values.length <= FEW) return order.toSorted((a, b) => values[a]! - values[b]! || a - b);
  const keys = risingKeys(values);
  let from = order;
  let to = new Uint32Array(order.length);
  for (const { half, shift } of digits) {
    sortByDigit(keys, { from, to, half, shift });
    [from, to] = [to, from];
  }
  return from;
}

/** Least significant first; each pass is stable. */
const digits = [
  { half: 0, shift: 0 },
  { half: 0, shift: 16 },
  { half: 1, shift: 0 },
  { half: 1, shift: 16 },
] as const;

/** Unsigned 64-bit integers in the order of the values, low half first: (2 × n_values). */
function risingKeys(values: Float64Array): Uint32Array {
  const keys = new Uint32Array(2 * values.length);
  const cell = new Float64Array(1);
  const [low, high] = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? [0, 1] : [1, 0];
  const halves = new Uint32Array(cell.buffer);
  for (let i = 0; i < values.length; i++) {
    cell[0] = values[i]! + 0; // −0 becomes 0
    const isNegative = halves[high]! >>> 31 === 1;
    keys[2 * i] = isNegative ? ~halves[low]! : halves[low]!;
    keys[2 * i + 1] = isNegative ? ~halves[high]! : halves[high]! | 0x80000000;
  }
  return keys;
}

function sortByDigit(
  keys: Uint32Array,
  { from, to, half, shift }: (typeof digits)[number] & { readonly from: Uint32Array; readonly to: Uint32Array },
): void {
  const next = new Uint32Array(DIGITS + 1);
  for (let at = half; at < keys.length; at += 2) next[((keys[at]! >>> shift) & 0xffff) + 1]!++;
  for (let digit = 1; digit < DIGITS; digit++) next[digit]! += next[digit - 1]!;
  for (let i = 0; i < from.length; i++) {
    const position = from[i]!;
    to[next[(keys[2 * position + half]! >>> shift) & 0xffff]!++] = position;
  }
}

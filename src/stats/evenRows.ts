/** Positions of at most `maximum` of `count` rows, evenly spaced and ascending. */
export function evenRows(count: number, maximum: number): Int32Array {
  const step = Math.max(1, count / maximum);
  return Int32Array.from({ length: Math.min(count, maximum) }, (_, i) => Math.floor(i * step));
}

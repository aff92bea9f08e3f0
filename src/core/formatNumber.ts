/** Numbers as people read them. */

/** Four significant digits, or all of a whole number: 0.7143, 12345, 1.2e-7; "–" for what is undefined. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  return String(Number(value.toPrecision(4)));
}

/** Formats numbers and times for titles, labels and sentences, independent of the locale. */

/** "12,345", "0.857", "3.20e-7": `digits` significant digits for non-integers; "–" for undefined values. */
export function displayNumber(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return minus(value.toExponential(digits - 1));
  if (Number.isInteger(value)) return minus(grouped(String(size), value < 0));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  const [whole, part] = size.toFixed(Math.min(decimals, 12)).split(".");
  return minus(grouped(whole!, value < 0) + (part === undefined ? "" : `.${part}`));
}

/** A value of a column: 1905 may be a year, so up to 9999 it has no separator. */
export function cellNumber(value: number | null | undefined, digits?: number): string {
  return displayNumber(value, digits).replace(/^(−?\d),(?=\d{3}$)/, "$1");
}

/** "18 to 90", "0.3 to 1004.6": the least and the largest value of a column, which rounding must not exceed. */
export function displayRange(...ends: readonly [minimum: number, maximum: number]): string {
  return ends.map((end) => (Number.isInteger(end) ? cellNumber(end) : exact(end))).join(" to ");
}

/** "0.660 to 0.750"; "–" if there is no interval. */
export function displayInterval(interval: readonly [number, number] | null | undefined): string {
  return interval ? `${displayNumber(interval[0])} to ${displayNumber(interval[1])}` : "–";
}

/** For configured numbers such as limits: no padding with zeros, 0.05 stays "0.05". */
export function exact(value: number): string {
  return minus(String(Number(value.toPrecision(6))));
}

/** A share as a percentage: 0.1234 is "12 %", 0.0123 is "1.2 %". */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return "–";
  const hundredths = share * 100;
  const rounded = Math.abs(hundredths) >= 10 ? Math.round(hundredths) : Math.round(hundredths * 10) / 10;
  if (rounded === 0 && share > 0) return "under 0.1 %";
  if (rounded === 100 && share < 1) return "over 99 %";
  return `${rounded} %`;
}

/** "1 row", "2,000 rows". */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${displayNumber(count)} ${count === 1 ? singular : plural}`;
}

/** "2026-03-01 10:00 UTC"; a string that is not a date is returned unchanged. */
export function dateTime(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function grouped(digits: string, negative: boolean): string {
  return (negative ? "-" : "") + digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

function minus(text: string): string {
  return text.replace(/^-/, "−");
}

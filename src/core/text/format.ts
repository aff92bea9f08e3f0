/** Formats numbers, sizes and times for people. */

/** Four significant digits, or all digits of an integer: 0.7143, 12345, 1.2e-7; "–" if undefined. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  return String(Number(value.toPrecision(4)));
}

/** A share with three digits: 0.1234 is "12.3 %". */
export function percent(share: number): string {
  return `${formatNumber(Number((100 * share).toPrecision(3)))} %`;
}

export function intervalText(interval: readonly [number, number] | null | undefined): string | null {
  return interval ? `${formatNumber(interval[0])} to ${formatNumber(interval[1])}` : null;
}

/** "0.7143 (95 % interval 0.61 to 0.8)" */
export function withInterval(
  value: number | null | undefined,
  interval: readonly [number, number] | null | undefined,
): string {
  return `${formatNumber(value)}${interval ? ` (95 % interval ${intervalText(interval)})` : ""}`;
}

const units = ["B", "kB", "MB", "GB", "TB"];

/** Decimal units (powers of 1000): 1234567 → "1.2 MB". */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** ISO 8601 without milliseconds: "2026-11-21T10:06:15.061Z" → "2026-11-21T10:06:15Z". */
export function shortTime(iso: string): string {
  return iso.replace(/\.\d+Z$/, "Z");
}

/** ISO 8601, without the time if it is midnight: "2024-07-31", but "2024-07-31T09:30:00.000Z". */
export function dateText(time: number): string {
  return new Date(time).toISOString().replace("T00:00:00.000Z", "");
}

/** In UTC, for names of files: they sort by time, and under the lock no two share a millisecond. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/[-:.]/g, "");
}

export function timeOfStamp(stamp: string): string {
  return stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/, "$1-$2-$3T$4:$5:$6.$7Z");
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

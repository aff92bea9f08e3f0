/** Formats numbers, sizes, times, lists and names for people, and parses durations. */

/** Four significant digits, and all before the point: 0.7143, 13758, 1.2e-7; "–" if undefined. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  const size = Math.abs(value);
  if (size < 1e15 && (size >= 1000 || Number.isInteger(value))) return String(Math.round(value));
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

const byteUnits = ["B", "kB", "MB", "GB", "TB"];

/** In powers of 1000: 1234567 → "1.2 MB". */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${byteUnits[unit]}`;
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

/** For a sentence with a metric, which copies make too good. @param copies number of copies of training rows, null if unknown */
export function testRows(rows: number | string, copies: number | null): string {
  const noun = `${rows} test ${rows === 1 || rows === "1" ? "row" : "rows"}`;
  return copies ? `${noun}, of which ${copies} are copies of training rows` : noun;
}

/** Lines of one kind that people read; a damaged folder can have thousands. */
const MAX_LINES = 20;

/** The first ones, and a line with the number of the others. */
export function firstLines(lines: readonly string[]): readonly string[] {
  const more = lines.length - MAX_LINES;
  return more > 1 ? [...lines.slice(0, MAX_LINES), `… and ${more} more`] : lines;
}

export const MAX_LISTED = 5;

/** `"a", "b", "c", "d", "e" and 3 more`: the first ones, and the number of the others. */
export function listed(items: readonly string[], limit = MAX_LISTED, separator = ", "): string {
  const more = items.length - limit;
  return items.slice(0, limit).join(separator) + (more > 0 ? ` and ${more} more` : "");
}

/** Leaves out the parts of a list whose condition is not met: `present([isLate && "it is late"])`. */
export function present<T>(items: readonly (T | false | null | undefined)[]): T[] {
  return items.filter((item): item is T => item !== false && item !== null && item !== undefined);
}

/** Control characters and line separators as escapes, so that a name or message stays one line of a log. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, escaped);
}

/** "\\n", and "\\u2028" for characters that JSON leaves as they are. */
function escaped(character: string): string {
  const json = JSON.stringify(character).slice(1, -1);
  return json === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}` : json;
}

/** A reason that already starts with the line number does not get a second one. */
export function atLine(path: string, line: number | undefined, reason: string): string {
  if (line === undefined) return `${path}: ${reason}`;
  return reason.startsWith(`line ${line}`) ? `${path}, ${reason}` : `${path}, line ${line}: ${reason}`;
}

export const MILLISECONDS_A_DAY = 86_400_000;

/** Of durations, as flags and config.json write them: "500ms", "10s", "1.5h", "30d", "2w". */
const units = {
  ms: { milliseconds: 1, word: "millisecond" },
  s: { milliseconds: 1000, word: "second" },
  m: { milliseconds: 60_000, word: "minute" },
  h: { milliseconds: 3_600_000, word: "hour" },
  d: { milliseconds: MILLISECONDS_A_DAY, word: "day" },
  w: { milliseconds: 7 * MILLISECONDS_A_DAY, word: "week" },
} as const;

export const durationPattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/;
const durationForm = "a number and ms, s, m, h, d or w";

export interface Duration {
  readonly text: string;
  readonly milliseconds: number;
  readonly words: string;
}

export function parseDuration(text: string): Duration | undefined {
  const [, digits, letter] = durationPattern.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const { milliseconds: length, word } = units[letter as keyof typeof units];
  const count = Number(digits);
  return { text, milliseconds: count * length, words: counted(count, word) };
}

/** @param text a duration that a schema has checked @throws {RangeError} for any other string */
export function milliseconds(text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined) throw new RangeError(`${JSON.stringify(text)} is not a duration: ${durationForm}`);
  return duration.milliseconds;
}

/** The earliest instant that a Date can have (ECMA-262, 21.4.1.1). */
const EARLIEST = -8.64e15;

/** The instant `days` before `now`, ISO 8601 UTC, clamped to the earliest Date. */
export function daysBefore(now: Date, days: number): string {
  return new Date(Math.max(EARLIEST, now.getTime() - days * MILLISECONDS_A_DAY)).toISOString();
}

/** As RFC 4180 quotes it: where it has a comma, a quote or a line break. */
export function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** First characters of a formula; also tab and line breaks, which spreadsheets skip before they look. */
const FORMULA = /^[=+\-@\t\r\n]/;

/** "-5" and "+1.5e3" are plain numbers in every spreadsheet. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Prefixes an apostrophe, which makes spreadsheets read the cell as text.
 * @see OWASP, CSV Injection
 */
export function formulaSafe(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

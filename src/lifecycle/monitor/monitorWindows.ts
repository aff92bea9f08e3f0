/** Cuts rows into the windows that are judged together. */
import { MlctlError } from "../../core/errors.ts";
import { milliseconds } from "../../core/text/duration.ts";

export interface WindowRequest {
  /** "90d", "500 rows", "day", "week", "month"; null: all rows. "file" is for whoever reads the files. */
  readonly window: string | null;
  /** How far windows of a length lie apart; null: their length. */
  readonly step: string | null;
  /** Inclusive and exclusive, in milliseconds. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** All windows of the history, not only the newest. */
  readonly backfill: boolean;
  /** Where nothing says when the newest window ends: now for a log, undefined where the newest row decides. */
  readonly now?: number | undefined;
}

export interface PlannedWindow {
  readonly label: string;
  /** Milliseconds, inclusive and exclusive; null without a time column. */
  readonly start: number | null;
  readonly end: number | null;
  readonly rows: Int32Array;
}

/** So many windows at once are a mistake: minutes over years. */
const MOST_WINDOWS = 10_000;

const calendar = ["day", "week", "month"] as const;
type Calendar = (typeof calendar)[number];

/**
 * The newest window, or with `since` or `backfill` all of them, oldest first; those without a row are left out then.
 * Windows of a length end a step apart, from `since` on; those of the calendar are UTC days, weeks from Monday, months.
 *
 * @param time milliseconds, NaN for a row whose time is not known: it is in no window of time
 * @throws {MlctlError} kind "usage": windows by time without a time column
 */
export function planWindows(time: Float64Array | null, rowCount: number, request: WindowRequest): PlannedWindow[] {
  const { window, since, until } = request;
  const count = /^(\d+) rows$/.exec(window ?? "");
  if (window === null || window === "file" || count !== null) {
    const rows = rowsBetween(time, rowCount, { since, until });
    return count === null ? [wholeWindow(time, rows)] : countWindows(rows, Number(count[1]), { time, request });
  }
  if (time === null) throw withoutTime(`windows of ${window}`);
  const bounds = isCalendar(window) ? calendarBounds(window, time, request) : lengthBounds(window, time, request);
  // A window may begin before --since, which says where the first one ends or begins; nothing is taken after --until.
  const rowsOf = rowsInTime(time, until ?? Infinity);
  const planned = bounds.map((each) => ({ ...each, rows: rowsOf(each.start, each.end) }));
  return isHistory(request) ? planned.filter((each) => each.rows.length > 0) : planned;
}

export function isHistory({ since, backfill }: Pick<WindowRequest, "since" | "backfill">): boolean {
  return backfill || since !== undefined;
}

/** Before this instant no window of a log reaches; undefined where all of it is asked for. */
export function earliestNeeded({ window, since, until, backfill, now }: WindowRequest): number | undefined {
  if (window === null || window === "file" || window.endsWith(" rows") || (backfill && since === undefined))
    return undefined;
  const end = since ?? until ?? now;
  // Two months hold the last one that is over, and two weeks or days as well.
  const length = isCalendar(window) ? 62 * 86_400_000 : milliseconds(window);
  return end === undefined ? undefined : end - length;
}

function withoutTime(what: string): MlctlError {
  return new MlctlError("usage", `${what} need a column that says when a row happened`, {
    hint: 'set "time_column" in config.json, or take --window "500 rows"',
  });
}

function rowsBetween(
  time: Float64Array | null,
  rowCount: number,
  { since, until }: { readonly since: number | undefined; readonly until: number | undefined },
): Int32Array {
  const all = new Int32Array(rowCount);
  for (let row = 0; row < rowCount; row++) all[row] = row;
  if (since === undefined && until === undefined) return all;
  if (time === null) throw withoutTime("--since and --until");
  return all.filter((row) => time[row]! >= (since ?? -Infinity) && time[row]! < (until ?? Infinity));
}

function wholeWindow(time: Float64Array | null, rows: Int32Array): PlannedWindow {
  return { label: "all rows", ...spanOf(time, rows), rows };
}

/** From the first row to just after the last. */
function spanOf(time: Float64Array | null, rows: Int32Array): { start: number | null; end: number | null } {
  if (time === null) return { start: null, end: null };
  let [start, end] = [Infinity, -Infinity];
  for (const row of rows) {
    const at = time[row]!;
    if (at < start) start = at;
    if (at > end) end = at;
  }
  return start <= end ? { start, end: end + 1 } : { start: null, end: null };
}

/** Of consecutive rows, by time where there is one; a last window with fewer is one too. */
function countWindows(
  rows: Int32Array,
  size: number,
  { time, request }: { readonly time: Float64Array | null; readonly request: WindowRequest },
): PlannedWindow[] {
  const ordered = time === null ? rows : rows.toSorted((a, b) => time[a]! - time[b]! || a - b);
  const from = isHistory(request) ? 0 : Math.max(0, ordered.length - size);
  const windows: PlannedWindow[] = [];
  for (let first = from; first < Math.max(1, ordered.length); first += size) {
    const taken = ordered.subarray(first, first + size);
    windows.push({ label: `rows ${first + 1} to ${first + taken.length}`, ...spanOf(time, taken), rows: taken });
  }
  return windows;
}

interface Bounds {
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

function newestOf(time: Float64Array, { until, now }: WindowRequest): number {
  if (until !== undefined) return until;
  if (now !== undefined) return now;
  let newest = -Infinity;
  for (const value of time) if (value > newest) newest = value;
  // An hour or a day is whole where its last row is: the window ends after it.
  return newest + 1;
}

function oldestOf(time: Float64Array): number {
  let oldest = Infinity;
  for (const value of time) if (value < oldest) oldest = value;
  return oldest;
}

function lengthBounds(window: string, time: Float64Array, request: WindowRequest): Bounds[] {
  const length = milliseconds(window);
  const end = newestOf(time, request);
  if (!Number.isFinite(end)) return [];
  if (!isHistory(request)) return [boundsOf(end, length)];
  const step = request.step === null ? length : milliseconds(request.step);
  const first = request.since ?? startOf("day", oldestOf(time));
  refuseTooMany((end - first) / step, window);
  const bounds: Bounds[] = [];
  for (let last = first; last < end; last += step) bounds.push(boundsOf(last + step, length));
  return bounds;
}

function boundsOf(end: number, length: number): Bounds {
  return { label: `${shown(end - length)} to ${shown(end)}`, start: end - length, end };
}

/** Midnight is told as its day. */
function shown(at: number): string {
  const iso = new Date(at).toISOString();
  return iso.endsWith("T00:00:00.000Z") ? iso.slice(0, 10) : iso.replace(/\.\d+Z$/, "Z");
}

function calendarBounds(unit: Calendar, time: Float64Array, request: WindowRequest): Bounds[] {
  const end = newestOf(time, request);
  if (!Number.isFinite(end)) return [];
  // Of a log, the newest day that is over; of rows that were given, the one with the newest row.
  const isOver = request.until === undefined && request.now !== undefined;
  const last = isOver ? startOf(unit, startOf(unit, end) - 1) : startOf(unit, end - 1);
  const first = isHistory(request) ? startOf(unit, request.since ?? oldestOf(time)) : last;
  refuseTooMany((last - first) / 86_400_000, unit);
  const bounds: Bounds[] = [];
  for (let start = first; start <= last; start = after(unit, start)) {
    bounds.push({ label: labelOf(unit, start), start, end: after(unit, start) });
  }
  return bounds;
}

function refuseTooMany(count: number, window: string): void {
  if (count <= MOST_WINDOWS) return;
  throw new MlctlError("usage", `${Math.ceil(count)} windows of ${window} are too many`, {
    hint: "give --since, or a longer --window or --step",
  });
}

function isCalendar(window: string): window is Calendar {
  return (calendar as readonly string[]).includes(window);
}

function startOf(unit: Calendar, at: number): number {
  const date = new Date(at);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (unit === "month") return Date.UTC(year, month, 1);
  return Date.UTC(year, month, unit === "day" ? day : day - ((date.getUTCDay() + 6) % 7));
}

function after(unit: Calendar, start: number): number {
  const date = new Date(start);
  if (unit === "month") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  return start + (unit === "day" ? 1 : 7) * 86_400_000;
}

function labelOf(unit: Calendar, start: number): string {
  const day = new Date(start).toISOString().slice(0, 10);
  return unit === "month" ? day.slice(0, 7) : unit === "week" ? `week of ${day}` : day;
}

/** Sorted once, so that a thousand windows cost a thousand look-ups. */
function rowsInTime(time: Float64Array, until: number): (start: number, end: number) => Int32Array {
  const order = Int32Array.from(time.keys()).filter((row) => time[row]! < until);
  order.sort((a, b) => time[a]! - time[b]!);
  const before = (at: number): number => {
    let [low, high] = [0, order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (time[order[middle]!]! < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return (start, end) => order.subarray(before(start), before(end)).toSorted();
}

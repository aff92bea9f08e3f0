/** Cuts rows into windows. */
import { MlctlError } from "../../core/errors.ts";
import { selectValues } from "../../core/table/table.ts";
import { MILLISECONDS_A_DAY, milliseconds } from "../../core/text/format.ts";
import { lowerBound, extentOf } from "../../stats/descriptive.ts";

export interface WindowRequest {
  /** "90d", "500 rows", "day", "week", "month"; null or "file": all rows ("file" is handled where files are read). */
  readonly window: string | null;
  /** Distance between windows of a length; null: their length. */
  readonly step: string | null;
  /** Inclusive and exclusive, in milliseconds. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly backfill: boolean;
  /** End of the newest window of a log if there is no `until`; undefined if the newest row is the end. */
  readonly now?: number | undefined;
}

export interface PlannedWindow {
  readonly label: string;
  /** Milliseconds, inclusive and exclusive; null without a time column. */
  readonly start: number | null;
  readonly end: number | null;
  readonly rows: Int32Array;
}

/** Maximum number of windows: more are a mistake, such as windows of a minute over years. */
const MAX_WINDOWS = 10_000;

const calendar = ["day", "week", "month"] as const;
type Calendar = (typeof calendar)[number];

/**
 * Returns the newest window, or with `since` or `backfill` all windows that have rows, oldest first. Windows of a length
 * end one step apart, starting from `since`. Calendar windows are UTC days, weeks from Monday, or months.
 * @param time milliseconds; a row with NaN belongs to no time window
 * @param among the number of rows, or the positions of those to judge
 * @throws {MlctlError} kind "usage" for time windows without a time column
 */
export function planWindows(
  time: Float64Array | null,
  among: number | Int32Array,
  request: WindowRequest,
): PlannedWindow[] {
  const { window, until } = request;
  const all = typeof among === "number" ? Int32Array.from({ length: among }, (_, row) => row) : among;
  const count = rowsIn(window);
  if (window === null || window === "file" || count !== undefined) {
    const rows = rowsBetween(time, all, request);
    return count === undefined
      ? [{ label: "all rows", ...spanOf(time, rows), rows }]
      : countWindows(rows, count, time, request);
  }
  if (time === null) throw withoutTime(`windows of ${window}`);
  const times = selectValues(time, all);
  const bounds = isCalendar(window) ? calendarBounds(window, times, request) : lengthBounds(window, times, request);
  // A window may start before --since, but contains no rows after --until.
  const rowsOf = rowsInTime(time, all, until ?? Infinity);
  const planned = bounds.map((each) => ({ ...each, rows: rowsOf(each.start, each.end) }));
  return isHistory(request) ? planned.filter((each) => each.rows.length > 0) : planned;
}

export function isHistory({ since, backfill }: Pick<WindowRequest, "since" | "backfill">): boolean {
  return backfill || since !== undefined;
}

export interface NeededOfLog {
  readonly from?: number;
  readonly until?: number | undefined;
  readonly newest?: number;
}

/** The rows of a log that the windows need: between two times (milliseconds), or the `newest`; all if nothing is set. */
export function neededOfLog(request: WindowRequest): NeededOfLog {
  const { window, since, until, backfill, now } = request;
  if (window === null || window === "file" || (backfill && since === undefined)) return {};
  const count = rowsIn(window);
  if (count !== undefined) return isHistory(request) ? {} : { newest: count };
  const end = since ?? until ?? now;
  if (end === undefined) return {};
  if (!isCalendar(window)) return { from: end - milliseconds(window) };
  const from = startOf(window, startOf(window, end) - 1);
  return end === now ? { from, until: startOf(window, now) } : { from };
}

/** Of a window such as "500 rows". */
function rowsIn(window: string | null): number | undefined {
  const count = /^(\d+) rows$/.exec(window ?? "")?.[1];
  return count === undefined ? undefined : Number(count);
}

function withoutTime(what: string): MlctlError {
  return new MlctlError("usage", `${what} need a time column`, {
    hint: 'set "time_column" in config.json, or use --window "500 rows"',
  });
}

function rowsBetween(time: Float64Array | null, all: Int32Array, { since, until }: WindowRequest): Int32Array {
  if (since === undefined && until === undefined) return all;
  if (time === null) throw withoutTime("--since and --until");
  return all.filter((row) => time[row]! >= (since ?? -Infinity) && time[row]! < (until ?? Infinity));
}

export function spanOf(time: Float64Array | null, rows: Int32Array): { start: number | null; end: number | null } {
  if (time === null) return { start: null, end: null };
  const [start, end] = extentOf(selectValues(time, rows));
  return start <= end ? { start, end: end + 1 } : { start: null, end: null };
}

function countWindows(rows: Int32Array, size: number, time: Float64Array | null, request: WindowRequest) {
  const ordered = time === null ? rows : rows.toSorted((a, b) => time[a]! - time[b]! || a - b);
  const from = isHistory(request) ? 0 : Math.max(0, ordered.length - size);
  const windows: PlannedWindow[] = [];
  for (let first = from; first < Math.max(1, ordered.length); first += size) {
    const taken = ordered.subarray(first, first + size);
    // Of a log, only these rows may have been read.
    const label = isHistory(request) ? `rows ${first + 1} to ${first + taken.length}` : `newest ${taken.length} rows`;
    windows.push({ label, ...spanOf(time, taken), rows: taken });
  }
  return windows;
}

type Bounds = { readonly label: string; readonly start: number; readonly end: number };

/** The end is exclusive, so it is just after the newest row. */
const newestOf = (time: Float64Array, { until, now }: WindowRequest): number => until ?? now ?? extentOf(time)[1] + 1;

function lengthBounds(window: string, time: Float64Array, request: WindowRequest): Bounds[] {
  const length = milliseconds(window);
  const end = newestOf(time, request);
  if (!Number.isFinite(end)) return [];
  if (!isHistory(request)) return [boundsOf(end, length)];
  const step = request.step === null ? length : milliseconds(request.step);
  const first = request.since ?? startOf("day", extentOf(time)[0]);
  refuseTooMany((end - first) / step, window);
  const bounds: Bounds[] = [];
  for (let last = first; last < end; last += step) bounds.push(boundsOf(last + step, length));
  return bounds;
}

function boundsOf(end: number, length: number): Bounds {
  // Midnight is shown as a date without a time.
  const [first, last] = [end - length, end].map((at) =>
    new Date(at).toISOString().replace(/T00:00:00\.000Z$|\.\d+(?=Z$)/, ""),
  );
  return { label: `${first} to ${last}`, start: end - length, end };
}

function calendarBounds(unit: Calendar, time: Float64Array, request: WindowRequest): Bounds[] {
  const end = newestOf(time, request);
  if (!Number.isFinite(end)) return [];
  // For a log, the newest complete unit; for given rows, the unit of the newest row.
  const mustBeComplete = request.until === undefined && request.now !== undefined;
  const last = mustBeComplete ? startOf(unit, startOf(unit, end) - 1) : startOf(unit, end - 1);
  const first = isHistory(request) ? startOf(unit, request.since ?? extentOf(time)[0]) : last;
  refuseTooMany((last - first) / MILLISECONDS_A_DAY, unit);
  const bounds: Bounds[] = [];
  for (let start = first; start <= last; start = after(unit, start)) {
    bounds.push({ label: labelOf(unit, start), start, end: after(unit, start) });
  }
  return bounds;
}

function refuseTooMany(count: number, window: string): void {
  if (count <= MAX_WINDOWS) return;
  throw new MlctlError("usage", `${Math.ceil(count)} windows of ${window} are too many`, {
    hint: "use --since, or a longer --window or --step",
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
  return start + (unit === "day" ? 1 : 7) * MILLISECONDS_A_DAY;
}

function labelOf(unit: Calendar, start: number): string {
  const day = new Date(start).toISOString().slice(0, 10);
  return unit === "month" ? day.slice(0, 7) : unit === "week" ? `week of ${day}` : day;
}

/** Sorts the rows once, so that each window costs only a binary search. */
function rowsInTime(time: Float64Array, all: Int32Array, until: number): (start: number, end: number) => Int32Array {
  const order = all.filter((row) => time[row]! < until).toSorted((a, b) => time[a]! - time[b]!);
  const times = selectValues(time, order);
  return (start, end) => order.subarray(lowerBound(times, start), lowerBound(times, end)).toSorted();
}

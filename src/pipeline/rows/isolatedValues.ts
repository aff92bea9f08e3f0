/** Numbers far from all others of their column: placeholders such as 999, and typing errors. */
import type { Table } from "../../core/table/table.ts";
import { counted, formatNumber } from "../../core/text/format.ts";

/** Distinct values that are looked at from each end. */
const ENDS = 4;
/** An isolated value is further from the others than this multiple of their range. */
const FAR = 3;
/** More rows are no mistakes. */
const MOST = 0.01;

interface Extreme {
  readonly value: number;
  count: number;
}

/** One note for each column that has some. One pass, because there can be millions of rows. */
export function isolatedValues({ columns }: Pick<Table, "columns">): string[] {
  return columns.flatMap((column) => {
    if (column.kind !== "number") return [];
    const { values } = column;
    const [low, high] = extremesOf(values);
    const most = MOST * values.length;
    return [...found(column.name, low, { most, others: high }), ...found(column.name, high, { most, others: low })];
  });
}

/** @param ends the extremes of one side, the outermost first @param options.others those of the other side */
function found(
  name: string,
  ends: readonly Extreme[],
  { most, others }: { most: number; others: readonly Extreme[] },
): string[] {
  for (let k = ends.length - 1; k > 0; k--) {
    const isolated = ends.slice(0, k);
    const rows = isolated.reduce((sum, { count }) => sum + count, 0);
    const [inner, next] = [isolated.at(-1)!.value, ends[k]!.value];
    const [last, before = last] = others.map(({ value }) => value);
    // The other side may have an isolated value too.
    const end = isFar(last!, before!, next) ? before! : last!;
    if (rows > most || next === end || !isFar(inner, next, end)) continue;
    const named = isolated.map(({ value }) => formatNumber(value)).join(", ");
    const range = [next, end].toSorted((a, b) => a - b).map(formatNumber);
    const list = ["", ...isolated.map(({ value }) => String(value))].map((value) => JSON.stringify(value)).join(", ");
    return [
      `"${name}" has ${counted(rows, "value")} far from all others (${named}; the others are ${range.join(" to ")}): if wrong, correct them, or set "ingest": { "null_values": [${list}] } to treat them as missing`,
    ];
  }
  return [];
}

/** Whether `value` is further from `next` than this multiple of the range from there to `end`. */
function isFar(value: number, next: number, end: number): boolean {
  return Math.abs(value - next) > FAR * Math.abs(next - end);
}

/** @returns the lowest values and the highest, the outermost first */
function extremesOf(values: Float64Array): [low: Extreme[], high: Extreme[]] {
  const [low, negated]: [Extreme[], Extreme[]] = [[], []];
  let [lower, upper] = [Infinity, -Infinity];
  // Not for … of, which takes three times as long.
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (value <= lower) {
      note(value, low);
      if (low.length === ENDS) lower = low.at(-1)!.value;
    }
    if (value >= upper) {
      note(-value, negated);
      if (negated.length === ENDS) upper = -negated.at(-1)!.value;
    }
  }
  return [low, negated.map((each) => ({ ...each, value: -each.value }))];
}

/** Not in the loop over the rows, where the closure would cost memory for each of them. */
function note(value: number, extremes: Extreme[]): void {
  const at = extremes.findIndex((one) => one.value >= value);
  if (at >= 0 && extremes[at]!.value === value) extremes[at]!.count++;
  else extremes.splice(at < 0 ? extremes.length : at, 0, { value, count: 1 });
  if (extremes.length > ENDS) extremes.pop();
}

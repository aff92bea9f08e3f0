/** Leakage: a column that holds what happens later. */
import type { TargetSpec } from "../../core/table/signature.ts";
import type { Column, Table } from "../../core/table/table.ts";
import type { Suspect } from "./targetLeakage.ts";

/** So large a share of the rows is no accident. */
const SUSPICIOUS = 0.99;
/** A target that mostly stays as it is equals its own future. */
const MOSTLY_THE_SAME = 0.9;
/** Fewer rows than this can agree by chance. */
const FEWEST_ROWS = 30;
/** Rows ahead that are looked at: the next one, and up to a week of days. */
const MOST_STEPS = 7;

/**
 * Number columns that equal the target of a later row, by time: at the row's own time nobody could have known it.
 * Rows without a time, or of the same time as another, are not looked at.
 *
 * @param y values or class codes, (n_samples)
 * @param times when each row happened, (n_samples)
 */
export function temporalLeakage(
  inputs: Table,
  { y, times, target }: { readonly y: Float64Array; readonly times: Float64Array; readonly target: TargetSpec },
): Suspect[] {
  const order = Int32Array.from(times.keys())
    .filter((row) => !Number.isNaN(times[row]!))
    .toSorted((a, b) => times[a]! - times[b]!);
  if (order.some((row, at) => at > 0 && times[row] === times[order[at - 1]!])) return [];
  return inputs.columns.flatMap((column) => {
    const values = numbersOf(column, target);
    const steps = values === undefined ? undefined : stepsAhead(values, y, order);
    if (steps === undefined) return [];
    const which = steps === 1 ? "next row" : `row ${steps} rows later`;
    return [{ column: column.name, reason: `it looks ahead: it equals "${target.name}" of the ${which}, by time` }];
  });
}

/** As the target is coded: labels of classes too. */
function numbersOf(column: Column, { classes }: TargetSpec): Float64Array | undefined {
  if (column.kind === "date") return undefined;
  if (column.kind === "number") return classes === undefined ? column.values : codesOf(column.values, classes);
  if (classes === undefined) return undefined;
  const codes = column.categories.map((category) => classes.indexOf(category));
  return Float64Array.from(column.codes, (code) => (code < 0 || codes[code]! < 0 ? NaN : codes[code]!));
}

function codesOf(values: Float64Array, classes: readonly string[]): Float64Array {
  const codes = new Map(classes.map((label, code) => [Number(label), code]));
  return values.map((value) => codes.get(value) ?? NaN);
}

function stepsAhead(values: Float64Array, y: Float64Array, order: Int32Array): number | undefined {
  for (let steps = 1; steps <= MOST_STEPS; steps++) {
    const agrees = shareEqual(values, y, { order, steps });
    if (agrees >= SUSPICIOUS && shareEqual(y, y, { order, steps }) < MOSTLY_THE_SAME) return steps;
  }
  return undefined;
}

/** Of the rows where both are known; 0 where these are few. */
function shareEqual(
  now: Float64Array,
  later: Float64Array,
  { order, steps }: { readonly order: Int32Array; readonly steps: number },
): number {
  let [equal, known] = [0, 0];
  for (let at = 0; at + steps < order.length; at++) {
    const [value, ahead] = [now[order[at]!]!, later[order[at + steps]!]!];
    if (Number.isNaN(value) || Number.isNaN(ahead)) continue;
    known++;
    if (value === ahead) equal++;
  }
  return known < FEWEST_ROWS ? 0 : equal / known;
}

/** Temporal leakage: finds columns that contain values from the future. */
import type { TargetSpec, Column, Table } from "../../core/table/table.ts";
import type { Suspect } from "./targetLeakage.ts";

/** Share of equal rows at or above which a column is reported. */
const SUSPICIOUS = 0.99;
/** A target that equals its own next value this often is not tested. */
const MOSTLY_CONSTANT = 0.9;
/** Fewer rows match by chance. */
const MIN_ROWS = 30;
/** Rows ahead that are tested: a week of daily rows. */
const MAX_STEPS = 7;

/**
 * Finds columns that equal the target of a later row. Ignores rows without a time; tests nothing if two have the same.
 * @param y values or class codes, (n_samples)
 * @param times (n_samples)
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
    const reason = `it contains future values: it equals "${target.name}" of the ${which} in time`;
    return [{ column: column.name, reason }];
  });
}

/** The column in the encoding of the target (class codes for classification); undefined if it cannot be compared. */
function numbersOf(column: Column, { classes }: TargetSpec): Float64Array | undefined {
  if (column.kind === "date") return undefined;
  if (column.kind === "number") {
    const codes = classes && new Map(classes.map((label, code) => [Number(label), code]));
    return codes === undefined ? column.values : column.values.map((value) => codes.get(value) ?? NaN);
  }
  if (classes === undefined) return undefined;
  const codes = column.categories.map((category) => classes.indexOf(category));
  return Float64Array.from(column.codes, (code) => (code < 0 || codes[code]! < 0 ? NaN : codes[code]!));
}

function stepsAhead(values: Float64Array, y: Float64Array, order: Int32Array): number | undefined {
  for (let steps = 1; steps <= MAX_STEPS; steps++) {
    const agrees = shareEqual(values, y, order, steps);
    if (agrees >= SUSPICIOUS && shareEqual(y, y, order, steps) < MOSTLY_CONSTANT) return steps;
  }
  return undefined;
}

/** Share of equal values among the rows where both are known; 0 if there are too few. */
function shareEqual(now: Float64Array, later: Float64Array, order: Int32Array, steps: number): number {
  let [equal, known] = [0, 0];
  for (let at = 0; at + steps < order.length; at++) {
    const [value, ahead] = [now[order[at]!]!, later[order[at + steps]!]!];
    if (Number.isNaN(value) || Number.isNaN(ahead)) continue;
    known++;
    if (value === ahead) equal++;
  }
  return known < MIN_ROWS ? 0 : equal / known;
}

/** What the training rows looked like, column by column. */
import type { ColumnSpec, Signature, TargetSpec } from "../core/signature.ts";
import type { CategoryColumn, Column, DateColumn, NumberColumn, Table } from "../core/table.ts";

/** More categories than this are counted, not listed, so that a model stays small. */
const MOST_CATEGORIES = 1000;

/** The signature of a model trained on `inputs` (the target, ids and dropped columns already left out). */
export function signatureOf(inputs: Table, target: TargetSpec, reading: Signature["reading"]): Signature {
  return { inputs: inputs.columns.map((column) => columnSpec(column, inputs.rowCount)), target, reading };
}

function columnSpec(column: Column, rowCount: number): ColumnSpec {
  return column.kind === "category" ? categorySpec(column, rowCount) : numericSpec(column, rowCount);
}

/** Infinite numbers count as missing: transforms fill them, and JSON cannot hold them. */
function numericSpec(column: NumberColumn | DateColumn, rowCount: number): ColumnSpec {
  let [minimum, maximum, missing, integer] = [Infinity, -Infinity, 0, true];
  for (const value of column.values) {
    if (!Number.isFinite(value)) missing++;
    else {
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
      integer &&= Number.isInteger(value);
    }
  }
  const range = missing < rowCount ? { minimum, maximum } : {};
  const whole = column.kind === "number" ? { integer: integer && missing < rowCount } : {};
  return { name: column.name, kind: column.kind, ...whole, ...range, missingShare: missing / rowCount };
}

function categorySpec(column: CategoryColumn, rowCount: number): ColumnSpec {
  const seen = new Set<number>();
  let missing = 0;
  for (const code of column.codes) {
    if (code < 0) missing++;
    else seen.add(code);
  }
  const categories = [...seen].map((code) => column.categories[code]!).toSorted();
  const listed = categories.length > MOST_CATEGORIES ? { truncated: true } : {};
  return {
    name: column.name,
    kind: "category",
    categories: categories.slice(0, MOST_CATEGORIES),
    ...listed,
    missingShare: missing / rowCount,
  };
}

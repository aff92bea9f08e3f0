/** Describes the input columns of the training rows. */
import type {
  ColumnSpec,
  Signature,
  TargetSpec,
  CategoryColumn,
  DateColumn,
  NumberColumn,
  Table,
} from "../../core/table/table.ts";
import { isProse } from "../../features/automatic.ts";
import { rowsByCode } from "../../stats/samplePositions.ts";
import { columnStatistics } from "../../stats/descriptive.ts";

/** Maximum number of categories listed per column, so that the model file stays small. */
const MAX_CATEGORIES = 1000;
/** Prose with more different values per row is free text. */
const FREE_TEXT = 0.5;

/** @param inputs without the target, ids and dropped columns */
export function signatureOf(inputs: Table, target: TargetSpec, reading: Signature["reading"]): Signature {
  const { rowCount } = inputs;
  const columns = inputs.columns.map((column) =>
    column.kind === "category" ? categorySpec(column, rowCount) : numericSpec(column, rowCount),
  );
  return { inputs: columns, target, reading };
}

/** Infinite numbers count as missing: transforms impute them, and JSON cannot represent them. */
function numericSpec(column: NumberColumn | DateColumn, rowCount: number): ColumnSpec {
  const { count, quantiles } = columnStatistics(column.values);
  const range = count > 0 ? { minimum: quantiles[0]!, maximum: quantiles.at(-1)! } : {};
  const isWhole = (): boolean => column.values.every((value) => !Number.isFinite(value) || Number.isInteger(value));
  const whole = column.kind === "number" ? { integer: count > 0 && isWhole() } : {};
  return { name: column.name, kind: column.kind, ...whole, ...range, missingShare: (rowCount - count) / rowCount };
}

function categorySpec(column: CategoryColumn, rowCount: number): ColumnSpec {
  const counts = rowsByCode(column);
  const categories = column.categories.filter((_, code) => counts[code]! > 0).toSorted();
  const missing = rowCount - counts.reduce((sum, count) => sum + count, 0);
  // Free text says something new in every row.
  const isFreeText = categories.length > (rowCount - missing) * FREE_TEXT && isProse(column);
  const truncated = categories.length > MAX_CATEGORIES || isFreeText ? { truncated: true } : {};
  const listed = { categories: categories.slice(0, MAX_CATEGORIES), ...truncated };
  return { name: column.name, kind: "category", ...listed, missingShare: missing / rowCount };
}

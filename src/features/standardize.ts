/** Standardize: shifts and scales numbers to mean 0 and standard deviation 1 over the training rows. */
import type { Transform } from "../core/transform.ts";
import { chooseColumns } from "./chooseColumns.ts";
import { mapColumns } from "./mapColumns.ts";
import { readOptions } from "./readOptions.ts";

export type StandardizeState = {
  readonly columns: readonly { readonly name: string; readonly mean: number; readonly scale: number }[];
};

/**
 * (value − mean) / population standard deviation (divisor n), as scikit-learn's StandardScaler. Missing values stay
 * missing and are left out of both. A constant column becomes 0.
 */
export const standardize: Transform<StandardizeState> = {
  type: "standardize",
  description: "shifts and scales numbers to mean 0 and standard deviation 1",
  kinds: ["number"],
  options: [],
  fit(table, given) {
    readOptions(given, []);
    return {
      columns: chooseColumns(table, given, ["number"]).map(({ name, values }) => scaleOf(name, values)),
    };
  },
  inputNames: (state) => state.columns.map((column) => column.name),
  outputNames: (state) => state.columns.map((column) => column.name),
  load: (state) =>
    mapColumns(
      "number",
      state.columns.map(({ name, mean, scale }) => ({
        name,
        apply: (column) => [{ ...column, values: column.values.map((value) => (value - mean) / scale) }],
      })),
    ),
};

function scaleOf(name: string, values: Float64Array): StandardizeState["columns"][number] {
  const present = values.filter(Number.isFinite);
  const n = present.length;
  if (n === 0) return { name, mean: 0, scale: 1 };
  // The first value as origin keeps the digits of numbers that lie close together and far from 0; a constant column gives exactly 0.
  const origin = present[0]!;
  const shift = present.reduce((sum, value) => sum + (value - origin), 0) / n;
  const mean = origin + shift;
  const variance = present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
  return { name, mean, scale: isConstant(variance, mean, n) ? 1 : Math.sqrt(variance) };
}

/** Whether a variance is no more than rounding: scikit-learn's bound (sklearn.preprocessing._data._is_constant_feature). */
function isConstant(variance: number, mean: number, n: number): boolean {
  return variance <= n * Number.EPSILON * variance + (n * mean * Number.EPSILON) ** 2;
}

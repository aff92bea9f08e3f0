/** Median absolute error. */
import { resampledMetric } from "./resampledMetric.ts";
import { sortedErrors, type SortedErrors } from "./meanMetric.ts";

/** In units of the target; robust to outliers. */
export const medianAbsoluteError = resampledMetric({
  name: "median_absolute_error",
  label: "Median absolute error",
  tasks: ["regression"],
  unbounded: true,
  greaterIsBetter: false,
  prepare: (evaluation) => {
    const sorted = sortedErrors(evaluation);
    return sorted === null ? () => NaN : (rowCounts) => middle(sorted, rowCounts);
  },
});

function middle(sorted: SortedErrors, rowCounts: Uint32Array): number {
  const total = rowCounts.reduce((sum, count) => sum + count, 0);
  const low = errorAt(sorted, rowCounts, Math.floor((total - 1) / 2));
  return total % 2 === 1 ? low : (low + errorAt(sorted, rowCounts, total / 2)) / 2;
}

/** The error at `position` if each row is repeated as often as it was drawn. */
function errorAt({ errors, order }: SortedErrors, rowCounts: Uint32Array, position: number): number {
  let passed = 0;
  for (const row of order) {
    passed += rowCounts[row]!;
    if (passed > position) return errors[row]!;
  }
  return NaN;
}

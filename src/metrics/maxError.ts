/** Largest absolute error. */
import { resampledMetric } from "./resampledMetric.ts";
import { sortedErrors } from "./meanMetric.ts";

/** In units of the target. */
export const maxError = resampledMetric({
  name: "max_error",
  label: "Max error",
  tasks: ["regression"],
  unbounded: true,
  greaterIsBetter: false,
  prepare: (evaluation) => {
    const sorted = sortedErrors(evaluation);
    if (sorted === null) return () => NaN;
    return (rowCounts) => {
      const worst = sorted.order.findLast((row) => rowCounts[row]! > 0);
      return worst === undefined ? NaN : sorted.errors[worst]!;
    };
  },
});

/** Clip: limits numbers to a range. */
import { param } from "../core/paramSpec.ts";
import { MlctlError } from "../core/errors.ts";
import { columnTensor, graphColumn, scalar } from "../core/onnx.ts";
import { finiteValues, quantileSorted } from "../stats/descriptive.ts";
import { columnTransform, mapValues } from "./mapColumns.ts";

/** Null: no limit on that side. */
type Range = { readonly minimum: number | null; readonly maximum: number | null };
type ClipOptions = Range & { readonly lower_quantile: number | null; readonly upper_quantile: number | null };

/** Missing values stay missing; infinities are clipped too. */
export const clip = columnTransform<
  { readonly columns: readonly ({ readonly name: string } & Range)[] },
  "number",
  ClipOptions
>({
  type: "clip",
  description: "limits numbers to a range, given as numbers or as quantiles of the training rows",
  kind: "number",
  options: [
    param("minimum", { type: "number", default: null }, "lower limit; smaller numbers become this number"),
    param("maximum", { type: "number", default: null }, "upper limit; larger numbers become this number"),
    ...["lower", "upper"].map((side) =>
      param(
        `${side}_quantile`,
        { type: "number", default: null, minimum: 0, maximum: 1 },
        `${side} limit, as a quantile of the training rows`,
      ),
    ),
  ],
  fit(chosen, { minimum, maximum, lower_quantile: lower, upper_quantile: upper }) {
    if ([minimum, maximum, lower, upper].every((limit) => limit === null)) {
      throw new MlctlError("usage", "no range given", {
        hint: "set minimum, maximum, lower_quantile or upper_quantile",
      });
    }
    const columns = chosen.map(({ name, values }) => {
      const sorted = finiteValues(values).toSorted();
      const quantile = (q: number | null) => (q === null || sorted.length === 0 ? null : quantileSorted(sorted, q));
      return { name, minimum: minimum ?? quantile(lower), maximum: maximum ?? quantile(upper) };
    });
    const crossed = columns.find(({ minimum: low, maximum: high }) => low !== null && high !== null && low > high);
    if (crossed === undefined) return { columns };
    throw new MlctlError("usage", `minimum ${crossed.minimum} is above maximum ${crossed.maximum}`);
  },
  replace({ minimum, maximum }) {
    const [low, high] = [minimum ?? -Infinity, maximum ?? Infinity];
    return (column) => [mapValues(column, (value) => Math.min(Math.max(value, low), high))];
  },
  /** Comparisons with NaN are false, so NaN is kept; for ONNX's Clip this is undefined. */
  toOnnx(graph, from, { name, minimum, maximum }) {
    const bounded = (value: string, operator: string, bound: number | null): string => {
      if (bound === null) return value;
      const end = scalar(graph, bound);
      return graph.add("Where", [graph.add(operator, [value, end]), end, value]);
    };
    return [graphColumn(name, bounded(bounded(columnTensor(graph, from), "Less", minimum), "Greater", maximum))];
  },
});

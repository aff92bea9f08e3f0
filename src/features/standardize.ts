/** Standardize: shifts and scales numbers to mean 0 and standard deviation 1 over the training rows. */
import { columnTensor, graphColumn, scalar } from "../core/onnx.ts";
import { finiteValues, mean, standardDeviation } from "../stats/descriptive.ts";
import { columnTransform } from "./mapColumns.ts";

type Scaled = { readonly name: string; readonly mean: number; readonly scale: number };

/**
 * (value − mean) / population standard deviation (divisor n), as scikit-learn's StandardScaler. Missing values stay
 * missing and are ignored in both statistics. A constant column becomes 0.
 */
export const standardize = columnTransform<{ readonly columns: readonly Scaled[] }, "number">({
  type: "standardize",
  description: "shifts and scales numbers to mean 0 and standard deviation 1",
  kind: "number",
  fit: (chosen) => ({ columns: chosen.map(({ name, values }) => scaleOf(name, values)) }),
  replace:
    ({ name, mean: center, scale }) =>
    ({ values }) => [{ kind: "number", name, values: scaled(values, center, scale) }],
  toOnnx(graph, from, { name, mean: center, scale }) {
    const centred = graph.add("Sub", [columnTensor(graph, from), scalar(graph, center)]);
    return [graphColumn(name, graph.add("Div", [centred, scalar(graph, scale)]))];
  },
});

/** A specialised loop, since many models run it; a callback shared with other transforms would be slower. */
function scaled(values: Float64Array, center: number, scale: number): Float64Array {
  const result = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) result[row] = (values[row]! - center) / scale;
  return result;
}

function scaleOf(name: string, values: Float64Array): Scaled {
  const present = finiteValues(values);
  if (present.length === 0) return { name, mean: 0, scale: 1 };
  const center = mean(present);
  const deviation = standardDeviation(present, { ddof: 0 });
  return { name, mean: center, scale: isConstant(deviation, center, present.length) ? 1 : deviation };
}

/**
 * Whether a deviation is only rounding error: the bound of scikit-learn, variance ≤ n ε variance + (n ε mean)²
 * (sklearn.preprocessing._data._is_constant_feature), without squares, which overflow.
 */
function isConstant(deviation: number, center: number, n: number): boolean {
  const rounding = n * Number.EPSILON;
  return deviation * Math.sqrt(1 - rounding) <= rounding * Math.abs(center);
}

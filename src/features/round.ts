/** Round: rounds numbers to a number of decimal places. */
import { param } from "../core/paramSpec.ts";
import { absent, columnTensor, graphColumn, scalar } from "../core/onnx.ts";
import { columnTransform, mapValues, nameOf } from "./mapColumns.ts";

/** Rounds half to even, as numpy and pandas do. */
export const round = columnTransform<
  { readonly columns: readonly string[]; readonly digits: number },
  "number",
  { digits: number }
>({
  type: "round",
  description: "rounds numbers to a number of decimal places",
  kind: "number",
  options: [
    param(
      "digits",
      { type: "integer", default: 0, minimum: -15, maximum: 15 },
      "number of decimal places; −2 rounds to hundreds",
    ),
  ],
  fit: (columns, { digits }) => ({ columns: columns.map(nameOf), digits }),
  replace(_name, { digits }) {
    const power = 10 ** Math.abs(digits);
    const rounded = (value: number): number =>
      digits >= 0 ? halfToEven(value * power) / power : halfToEven(value / power) * power;
    // For very large numbers the product overflows, and there is nothing to round.
    const safe = (value: number): number => (Number.isFinite(value * power) ? rounded(value) : value);
    return (column) => [mapValues(column, safe)];
  },
  /** ONNX rounds halves to even, too. */
  toOnnx(graph, from, name, { digits }) {
    const power = scalar(graph, 10 ** Math.abs(digits));
    const [first, second] = digits >= 0 ? (["Mul", "Div"] as const) : (["Div", "Mul"] as const);
    const value = columnTensor(graph, from);
    const rounded = graph.add(second, [graph.add("Round", [graph.add(first, [value, power])]), power]);
    const beyond = absent(graph, graph.add("Mul", [value, power]));
    return [graphColumn(name, graph.add("Where", [beyond, value, rounded]))];
  },
});

function halfToEven(value: number): number {
  const nearest = Math.round(value);
  return nearest - value === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
}

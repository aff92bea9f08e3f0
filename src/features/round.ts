/** Round: rounds numbers to a number of decimal places. */
import { absent, columnTensor, graphColumn, replaceColumns, scalar } from "../core/onnx.ts";
import type { Transform, TransformOption } from "../core/transform.ts";
import { mapColumns, mapValues, namesOf } from "./mapColumns.ts";
import { chooseColumns, option, readOptions } from "./readOptions.ts";

type RoundState = { readonly columns: readonly string[]; readonly digits: number };

const options: readonly TransformOption[] = [
  option(
    "digits",
    { type: "integer", default: 0, minimum: -15, maximum: 15 },
    "number of decimal places; −2 rounds to hundreds",
  ),
];

/** Rounds half to even, as numpy and pandas do. */
export const round: Transform<RoundState> = {
  type: "round",
  description: "rounds numbers to a number of decimal places",
  kinds: ["number"],
  options,
  fit(table, given) {
    const { digits } = readOptions<{ digits: number }>(given, options);
    return { columns: chooseColumns(table, given, ["number"]).map((column) => column.name), digits };
  },
  inputNames: namesOf,
  outputNames: namesOf,
  load({ columns, digits }) {
    const power = 10 ** Math.abs(digits);
    const rounded = (value: number): number =>
      digits >= 0 ? halfToEven(value * power) / power : halfToEven(value / power) * power;
    // For very large numbers the product overflows, and there is nothing to round.
    const safe = (value: number): number => (Number.isFinite(value * power) ? rounded(value) : value);
    return mapColumns("number", columns, () => (column) => [mapValues(column, safe)]);
  },
  /** ONNX rounds halves to even, too. */
  toOnnx(graph, state, columns) {
    const power = scalar(graph, 10 ** Math.abs(state.digits));
    const [first, second] = state.digits >= 0 ? (["Mul", "Div"] as const) : (["Div", "Mul"] as const);
    return replaceColumns(columns, state.columns, (from) => {
      const value = columnTensor(graph, from);
      const rounded = graph.add(second, [graph.add("Round", [graph.add(first, [value, power])]), power]);
      const beyond = absent(graph, graph.add("Mul", [value, power]));
      return [graphColumn(from.name, graph.add("Where", [beyond, value, rounded]))];
    });
  },
};

function halfToEven(value: number): number {
  const nearest = Math.round(value);
  return nearest - value === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest;
}

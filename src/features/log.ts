/** Log: logarithm of numbers, for columns with a few very large values. */
import { param } from "../core/paramSpec.ts";
import { absent, columnTensor, graphColumn, scalar, type GraphBuilder } from "../core/onnx.ts";
import { columnTransform, mapValues, nameOf } from "./mapColumns.ts";

type Method = keyof typeof logarithms;

const logarithms = {
  log1p: Math.log1p,
  log: Math.log,
  log10: Math.log10,
  signed_log1p: (value: number) => Math.sign(value) * Math.log1p(Math.abs(value)),
};

/** A number without a finite logarithm (0 for log, −2 for log1p) becomes missing, since no model family can use infinities. */
export const log = columnTransform<
  { readonly columns: readonly string[]; readonly method: Method },
  "number",
  { method: Method }
>({
  type: "log",
  description: "takes the logarithm of numbers",
  kind: "number",
  options: [
    param(
      "method",
      { type: "choice", default: "log1p", choices: Object.keys(logarithms) },
      "log1p is log(1 + x); signed_log1p also accepts negative numbers: sign(x) · log(1 + |x|)",
    ),
  ],
  fit: (columns, { method }) => ({ columns: columns.map(nameOf), method }),
  replace(_name, { method }) {
    const logarithm = logarithms[method];
    const finite = (value: number): number => (Number.isFinite(logarithm(value)) ? logarithm(value) : NaN);
    return (column) => [mapValues(column, finite)];
  },
  toOnnx(graph, from, _name, { method }) {
    const raw = nodes(graph, columnTensor(graph, from))[method]();
    return [graphColumn(from.name, graph.add("Where", [absent(graph, raw), scalar(graph, NaN), raw]))];
  },
});

function nodes(graph: GraphBuilder, value: string): Record<Method, () => string> {
  const log1p = (of: string): string => graph.add("Log", [graph.add("Add", [of, scalar(graph, 1)])]);
  return {
    log1p: () => log1p(value),
    log: () => graph.add("Log", [value]),
    log10: () => graph.add("Div", [graph.add("Log", [value]), scalar(graph, Math.LN10)]),
    signed_log1p: () => graph.add("Mul", [graph.add("Sign", [value]), log1p(graph.add("Abs", [value]))]),
  };
}

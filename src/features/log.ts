/** Log: logarithm of numbers, for columns with a few very large values. */
import { absent, columnTensor, graphColumn, replaceColumns, scalar } from "../core/onnx.ts";
import type { Transform, TransformOption } from "../core/transform.ts";
import { mapColumns, mapValues, namesOf } from "./mapColumns.ts";
import { chooseColumns, option, readOptions } from "./readOptions.ts";

type Method = "log1p" | "log" | "log10" | "signed_log1p";

type LogState = { readonly columns: readonly string[]; readonly method: Method };

const options: readonly TransformOption[] = [
  option(
    "method",
    { type: "choice", default: "log1p", choices: ["log1p", "log", "log10", "signed_log1p"] },
    "log1p is log(1 + x); signed_log1p also accepts negative numbers: sign(x) · log(1 + |x|)",
  ),
];

/** A number without a finite logarithm (0 for log, −2 for log1p) becomes missing, since no model family can use infinities. */
export const log: Transform<LogState> = {
  type: "log",
  description: "takes the logarithm of numbers",
  kinds: ["number"],
  options,
  fit(table, given) {
    const { method } = readOptions<{ method: Method }>(given, options);
    return { columns: chooseColumns(table, given, ["number"]).map((column) => column.name), method };
  },
  inputNames: namesOf,
  outputNames: namesOf,
  load({ columns, method }) {
    const logarithm = logarithms[method];
    const finite = (value: number): number => (Number.isFinite(logarithm(value)) ? logarithm(value) : NaN);
    return mapColumns("number", columns, () => (column) => [mapValues(column, finite)]);
  },
  toOnnx(graph, { columns: names, method }, columns) {
    const log1p = (value: string): string => graph.add("Log", [graph.add("Add", [value, scalar(graph, 1)])]);
    const nodes: Record<Method, (value: string) => string> = {
      log1p,
      log: (value) => graph.add("Log", [value]),
      log10: (value) => graph.add("Div", [graph.add("Log", [value]), scalar(graph, Math.LN10)]),
      signed_log1p: (value) => graph.add("Mul", [graph.add("Sign", [value]), log1p(graph.add("Abs", [value]))]),
    };
    return replaceColumns(columns, names, (from) => {
      const raw = nodes[method](columnTensor(graph, from));
      return [graphColumn(from.name, graph.add("Where", [absent(graph, raw), scalar(graph, NaN), raw]))];
    });
  },
};

const logarithms: Record<Method, (value: number) => number> = {
  log1p: Math.log1p,
  log: Math.log,
  log10: Math.log10,
  signed_log1p: (value) => Math.sign(value) * Math.log1p(Math.abs(value)),
};

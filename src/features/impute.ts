/** Impute: fills missing numbers with a value learned in training. */
import { param } from "../core/paramSpec.ts";
import { absent, columnTensor, graphColumn, scalar } from "../core/onnx.ts";
import type { NumberColumn } from "../core/table/table.ts";
import { finiteValues, mean, quantilesOf } from "../stats/descriptive.ts";
import { columnTransform, mapValues } from "./mapColumns.ts";

type Strategy = "mean" | "median" | "most_frequent" | "constant";

interface ImputeOptions {
  readonly strategy: Strategy;
  readonly value: number;
  readonly indicator: boolean;
}

type ImputeState = {
  readonly columns: readonly { readonly name: string; readonly fill: number }[];
  /** Also add `<name>_missing`, 1 if the number was missing. */
  readonly indicator: boolean;
};

/**
 * Infinities count as missing, since no model family can use them. A column without any number is filled with `value`,
 * while scikit-learn's SimpleImputer would silently drop it.
 */
export const impute = columnTransform<ImputeState, "number", ImputeOptions>({
  type: "impute",
  description: "fills missing numbers with the mean, the median, the most frequent number or a constant",
  kind: "number",
  options: [
    param(
      "strategy",
      { type: "choice", default: "median", choices: ["mean", "median", "most_frequent", "constant"] },
      "value to fill in; most_frequent takes the smallest of equally frequent numbers",
    ),
    param("value", { type: "number", default: 0 }, "value for strategy constant, and for columns without any number"),
    param("indicator", { type: "boolean", default: false }, "adds a 0/1 column <name>_missing"),
  ],
  fit(chosen, { strategy, value, indicator }) {
    const columns = chosen.map(({ name, values }) => {
      const present = finiteValues(values);
      return { name, fill: present.length === 0 ? value : fillOf[strategy](present, value) };
    });
    return { columns, indicator };
  },
  outputs: ({ name }, { indicator }) => (indicator ? [name, `${name}_missing`] : [name]),
  replace:
    ({ name, fill }, { indicator }) =>
    (column) => {
      if (!indicator) return [filled(column, fill)];
      const missing = mapValues(column, (value) => (Number.isFinite(value) ? 0 : 1), `${name}_missing`);
      return [filled(column, fill), missing];
    },
  toOnnx(graph, from, { name, fill }, { indicator }) {
    const value = columnTensor(graph, from);
    const isMissing = absent(graph, value);
    const complete = graphColumn(name, graph.add("Where", [isMissing, scalar(graph, fill), value]));
    if (!indicator) return [complete];
    return [complete, graphColumn(`${name}_missing`, graph.add("Cast", [isMissing], { to: { int: 11 } }))];
  },
});

const fillOf: Record<Strategy, (present: Float64Array, value: number) => number> = {
  mean,
  median: (present) => quantilesOf(present, [0.5])[0]!,
  most_frequent: mostFrequent,
  constant: (_present, value) => value,
};

function mostFrequent(present: Float64Array): number {
  const sorted = present.toSorted();
  let best = sorted[0]!;
  let bestLength = 0;
  for (let start = 0, end = 0; start < sorted.length; start = end) {
    while (end < sorted.length && sorted[end] === sorted[start]) end++;
    if (end - start > bestLength) {
      best = sorted[start]!;
      bestLength = end - start;
    }
  }
  return best;
}

/** Returns the column itself if nothing is missing. A specialised loop, since most models run it on every row. */
function filled(column: NumberColumn, fill: number): NumberColumn {
  const { name, values } = column;
  let row = 0;
  while (row < values.length && Number.isFinite(values[row]!)) row++;
  if (row === values.length) return column;
  const result = Float64Array.from(values);
  for (; row < values.length; row++) if (!Number.isFinite(values[row]!)) result[row] = fill;
  return { kind: "number", name, values: result };
}

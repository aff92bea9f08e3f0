/** Clip: limits numbers to a range. */
import { MlctlError } from "../core/errors.ts";
import { columnTensor, graphColumn, replaceColumns, scalar } from "../core/onnx.ts";
import { finiteValues } from "../stats/presentValues.ts";
import { quantileSorted } from "../stats/quantileSorted.ts";
import type { Transform, TransformOption } from "../core/transform.ts";
import { mapColumns, mapValues, namesOf } from "./mapColumns.ts";
import { chooseColumns, option, readOptions } from "./readOptions.ts";

interface ClipOptions {
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly lower_quantile: number | null;
  readonly upper_quantile: number | null;
}

type ClipState = {
  /** Null: no limit on that side. */
  readonly columns: readonly {
    readonly name: string;
    readonly minimum: number | null;
    readonly maximum: number | null;
  }[];
};

const options: readonly TransformOption[] = [
  option("minimum", { type: "number", default: null }, "lower limit; smaller numbers become this number"),
  option("maximum", { type: "number", default: null }, "upper limit; larger numbers become this number"),
  ...["lower", "upper"].map((side) =>
    option(
      `${side}_quantile`,
      { type: "number", default: null, minimum: 0, maximum: 1 },
      `${side} limit, as a quantile of the training rows`,
    ),
  ),
];

/** Missing values stay missing; infinities are clipped too. */
export const clip: Transform<ClipState> = {
  type: "clip",
  description: "limits numbers to a range, given as numbers or as quantiles of the training rows",
  kinds: ["number"],
  options,
  fit(table, given) {
    const read = readOptions<ClipOptions>(given, options);
    if (options.every(({ name }) => read[name as keyof ClipOptions] === null)) {
      throw new MlctlError("usage", "no range given", {
        hint: "set minimum, maximum, lower_quantile or upper_quantile",
      });
    }
    const columns = chooseColumns(table, given, ["number"]).map(({ name, values }) => {
      const sorted = finiteValues(values).toSorted();
      const minimum = read.minimum ?? quantileOrNull(sorted, read.lower_quantile);
      const maximum = read.maximum ?? quantileOrNull(sorted, read.upper_quantile);
      return { name, minimum, maximum };
    });
    const crossed = columns.find(({ minimum, maximum }) => minimum !== null && maximum !== null && minimum > maximum);
    if (crossed !== undefined) {
      throw new MlctlError("usage", `minimum ${crossed.minimum} is above maximum ${crossed.maximum}`);
    }
    return { columns };
  },
  inputNames: namesOf,
  outputNames: namesOf,
  load: ({ columns }) =>
    mapColumns("number", columns, ({ minimum, maximum }) => {
      const [low, high] = [minimum ?? -Infinity, maximum ?? Infinity];
      return (column) => [mapValues(column, (value) => Math.min(Math.max(value, low), high))];
    }),
  /** Comparisons with NaN are false, so NaN is kept; for ONNX's Clip this is undefined. */
  toOnnx: (graph, state, columns) =>
    replaceColumns(columns, state.columns, (from, { name, minimum, maximum }) => {
      const bounded = (value: string, operator: string, bound: number | null): string => {
        if (bound === null) return value;
        const end = scalar(graph, bound);
        return graph.add("Where", [graph.add(operator, [value, end]), end, value]);
      };
      return [graphColumn(name, bounded(bounded(columnTensor(graph, from), "Less", minimum), "Greater", maximum))];
    }),
};

function quantileOrNull(sorted: Float64Array, q: number | null): number | null {
  return q === null || sorted.length === 0 ? null : quantileSorted(sorted, q);
}

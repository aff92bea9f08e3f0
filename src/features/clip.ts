/** Clip: brings numbers outside a range to its ends. */
import { MlctlError } from "../core/errors.ts";
import { finiteValues } from "../stats/finiteValues.ts";
import { quantileSorted } from "../stats/quantileSorted.ts";
import type { Transform, TransformOption } from "../core/transform.ts";
import { chooseColumns } from "./chooseColumns.ts";
import { mapColumns } from "./mapColumns.ts";
import { mapValues } from "./mapValues.ts";
import { readOptions } from "./readOptions.ts";

interface ClipOptions {
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly lower_quantile: number | null;
  readonly upper_quantile: number | null;
}

export type ClipState = {
  /** Null: no end on that side. */
  readonly columns: readonly {
    readonly name: string;
    readonly minimum: number | null;
    readonly maximum: number | null;
  }[];
};

const options: readonly TransformOption[] = [
  { name: "minimum", type: "number", default: null, description: "smaller numbers become this one" },
  { name: "maximum", type: "number", default: null, description: "larger numbers become this one" },
  ...(["lower_quantile", "upper_quantile"] as const).map((name): TransformOption => ({
    name,
    type: "number",
    default: null,
    minimum: 0,
    maximum: 1,
    description: `the ${name === "lower_quantile" ? "smallest" : "largest"} number, as a quantile of the training rows`,
  })),
];

/** Missing values stay missing; infinities are brought to the ends where there are any. */
export const clip: Transform<ClipState> = {
  type: "clip",
  description: "brings numbers outside a range to its ends, given as numbers or as quantiles of the training rows",
  kinds: ["number"],
  options,
  fit(table, given) {
    const read = readOptions<ClipOptions>(given, options);
    if (options.every(({ name }) => read[name as keyof ClipOptions] === null)) {
      throw new MlctlError("usage", "says no range", { hint: "give minimum, maximum or quantiles" });
    }
    const columns = chooseColumns(table, given, ["number"]).map(({ name, values }) => {
      const sorted = finiteValues(values).toSorted();
      const minimum = read.minimum ?? learned(sorted, read.lower_quantile);
      const maximum = read.maximum ?? learned(sorted, read.upper_quantile);
      return { name, minimum, maximum };
    });
    const crossed = columns.find(({ minimum, maximum }) => minimum !== null && maximum !== null && minimum > maximum);
    if (crossed !== undefined) {
      throw new MlctlError("usage", `minimum ${crossed.minimum} is above maximum ${crossed.maximum}`);
    }
    return { columns };
  },
  inputNames: (state) => state.columns.map((column) => column.name),
  outputNames: (state) => state.columns.map((column) => column.name),
  load: (state) =>
    mapColumns(
      "number",
      state.columns.map(({ name, minimum, maximum }) => {
        const [low, high] = [minimum ?? -Infinity, maximum ?? Infinity];
        return { name, apply: (column) => [mapValues(column, (value) => Math.min(Math.max(value, low), high))] };
      }),
    ),
};

function learned(sorted: Float64Array, share: number | null): number | null {
  return share === null || sorted.length === 0 ? null : quantileSorted(sorted, share);
}

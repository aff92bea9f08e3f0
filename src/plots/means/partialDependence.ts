/** Partial dependence of one column: the mean prediction by its value, with the other columns as they are. */
import { legendOf } from "../curve.ts";
import { axisLabels, scaleOf, valueAxis } from "../density.ts";
import { displayNumber } from "../displayNumber.ts";
import { nameAxis } from "../namedBars.ts";
import { textWidth } from "../textWidth.ts";
import { nominal, plotSpec, quantitative, series, type PlotSpec } from "../theme.ts";

export interface PartialDependenceData {
  readonly column: string;
  readonly kind: "number" | "date" | "category";
  /** Ascending; dates in milliseconds since 1970. */
  readonly values: readonly (number | string)[];
  /** The target, or one entry for each class, with its position in the palette. */
  readonly outputs: readonly { readonly label: string; readonly colour: number }[];
  /** By output and value. */
  readonly means: readonly (readonly number[])[];
  readonly measure: string;
  /** Of the means; the same in all plots of a report. */
  readonly domain: readonly [number, number];
}

const WIDTH = 250;
const LABEL_LIMIT = 110;

export function partialDependencePlot(data: PartialDependenceData): PlotSpec {
  const { column, kind, outputs, measure, domain } = data;
  const rows = data.values.flatMap((value, i) =>
    outputs.map(({ label }, output) => ({ value, mean: data.means[output]![i]!, label })),
  );
  const names = outputs.map(({ label }) => label);
  const legend = outputs.length === 1 ? null : { ...legendOf(names), symbolSize: 60 };
  const color = nominal(
    "label",
    names,
    outputs.map(({ colour }) => series[colour % series.length]!),
    legend,
  );
  const axis = { tickCount: 4, ...axisLabels(domain), labelOverlap: true };
  const mean = quantitative("mean", measure, { scale: scaleOf(domain), axis });
  const body =
    kind === "category"
      ? { ...rowsOf(data), mark: { type: "point", filled: true, size: 60, opacity: 1 }, x: mean }
      : { ...lineOf(data), y: mean };
  const { width, height, mark, ...positions } = body;
  return plotSpec({ text: column }, sentence(data), {
    data: { values: rows },
    width,
    height,
    mark,
    encoding: { ...positions, color },
  });
}

/** A row for each category, largest mean of the first output first. */
function rowsOf({ values, means }: PartialDependenceData) {
  const order = [...values.keys()].toSorted((a, b) => means[0]![b]! - means[0]![a]!);
  const names = order.map((i) => String(values[i]));
  const labels = Math.min(LABEL_LIMIT, Math.max(0, ...names.map((name) => textWidth(name, 12))));
  const y = nameAxis("value", names, { labelLimit: LABEL_LIMIT });
  return { width: WIDTH + 30 - labels, height: { step: 18 }, y };
}

function lineOf({ kind, values }: PartialDependenceData) {
  const numbers = values.map(Number);
  const x = valueAxis(kind === "date" ? kind : "number", [Math.min(...numbers), Math.max(...numbers)]);
  const mark = { type: "line", strokeWidth: 2, strokeJoin: "round", point: { size: 24 } };
  return { width: WIDTH, height: 130, mark, x: { field: "value", title: null, ...x } };
}

/** About the output that changes most. */
function sentence({ kind, values, outputs, means, measure }: PartialDependenceData): string {
  const shown = (place: number): string => {
    const value = values[place]!;
    if (typeof value === "string") return `“${value}”`;
    return kind === "date" ? new Date(value).toISOString().slice(0, 10) : displayNumber(value);
  };
  const ranges = means.map((each, output) => {
    const [low, high] = [Math.min(...each), Math.max(...each)];
    return { output, low, high, each };
  });
  const most = ranges.toSorted((a, b) => b.high - b.low - (a.high - a.low))[0];
  if (most === undefined) return "There is no prediction to show.";
  const { low, high, each } = most;
  const of = outputs.length === 1 ? "" : ` of “${outputs[most.output]!.label}”`;
  const what = `${measure}${of} is`;
  if (low === high) return `${what} ${displayNumber(low)} for every value.`;
  return `${what} lowest (${displayNumber(low)}) at ${shown(each.indexOf(low))} and highest (${displayNumber(high)}) at ${shown(each.indexOf(high))}.`;
}

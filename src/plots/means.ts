/** Mean predictions: by the value of one column (partial dependence), and over time beside the mean actual value. */
import { legendOf } from "./curve.ts";
import { axisLabels, domainOf, scaleOf, valueAxis } from "./density.ts";
import { cellNumber, countOf, displayNumber, percent } from "./displayNumber.ts";
import { nameAxis } from "./namedBars.ts";
import { textWidth } from "./textWidth.ts";
import { colours, nominal, plotSpec, plotWidth, quantitative, series, type PlotSpec } from "./theme.ts";

/** Of one column: the mean prediction by its value, with the other columns as they are. */
export interface PartialDependenceData {
  readonly column: string;
  readonly kind: "number" | "date" | "category";
  /** Ascending; dates in milliseconds since 1970. */
  readonly values: readonly (number | string)[];
  /** The target, or one entry for each class, with its position in the palette. */
  readonly outputs: readonly { readonly label: string; readonly colour: number }[];
  /** By output and value. */
  readonly means: readonly (readonly number[])[];
  /** Share of the rows that have no value, and by output the mean prediction if none had; absent if all have one. */
  readonly missing?: { readonly share: number; readonly means: readonly number[] };
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
  const subtitle = missingText(data);
  const sentence = dependenceSentence(data) + (subtitle && ` ${subtitle}.`);
  return plotSpec({ text: column, subtitle }, sentence, {
    data: { values: rows },
    width,
    height,
    mark,
    encoding: { ...positions, color },
  });
}

/** "Missing in 85 % of the rows: 0.310", which no place on the axis shows. */
function missingText({ missing }: PartialDependenceData): string {
  if (missing === undefined) return "";
  const means = missing.means.map((each) => displayNumber(each)).join(", ");
  return `Missing in ${percent(missing.share)} of the rows: ${means}`;
}

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

function dependenceSentence({ kind, values, outputs, means, measure }: PartialDependenceData): string {
  const shown = (place: number): string => {
    const value = values[place]!;
    if (typeof value === "string") return `“${value}”`;
    return kind === "date" ? new Date(value).toISOString().slice(0, 10) : cellNumber(value);
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

interface OverTimeData {
  /** The target, or "share of “yes”". */
  readonly measure: string;
  /** Length of a bucket, e.g. "week". */
  readonly unit: string;
  /** Oldest first; a bucket without rows has no means. */
  readonly points: readonly OverTimePoint[];
  readonly isSmall: boolean;
}

export interface OverTimePoint {
  /** Start of the bucket in milliseconds since 1970. */
  readonly at: number;
  readonly rows: number;
  readonly actual: number | null;
  readonly predicted: number | null;
}

const SIDES = ["actual", "predicted"] as const;

export function overTimePlot({ measure, unit, points, isSmall }: OverTimeData): PlotSpec {
  const values = points.flatMap((point) => SIDES.map((side) => ({ at: point.at, value: point[side], side })));
  const domain = domainOf(values.map(({ value }) => value ?? NaN));
  const known = points.filter(({ rows }) => rows > 0);
  const rows = known.reduce((sum, each) => sum + each.rows, 0);
  const size = isSmall ? { width: 250, height: 130 } : { width: 2 * plotWidth, height: 220 };
  const subtitle = isSmall ? "" : `${countOf(rows, "row")}; one point per ${unit}`;
  const title = `${measure.charAt(0).toUpperCase()}${measure.slice(1)} over time`;
  const point = { size: isSmall ? 10 : 18 };
  const axis = { grid: false, tickCount: isSmall ? 4 : 10, labelOverlap: true };
  const y = { scale: scaleOf(domain), axis: axisLabels(domain) };
  const legend = { title: null, orient: isSmall ? "top" : "bottom", direction: "horizontal", symbolSize: 60 };
  return plotSpec({ text: title, subtitle }, overTimeSentence(known, unit), {
    data: { values },
    ...size,
    mark: { type: "line", strokeWidth: 2, strokeJoin: "round", invalid: "break-paths-show-path-domains", point },
    encoding: {
      x: { field: "at", type: "temporal", title: null, scale: { type: "utc" }, axis },
      y: quantitative("value", isSmall ? null : `Mean ${measure}`, y),
      color: nominal("side", SIDES, [colours.grey, colours.accent], legend),
    },
  });
}

function overTimeSentence(points: readonly OverTimePoint[], unit: string): string {
  const errors = points.map(({ actual, predicted }) => Math.abs(predicted! - actual!));
  const worst = points[errors.indexOf(Math.max(...errors))];
  if (worst === undefined) return "There is no row with a time.";
  const { at, actual, predicted, rows } = worst;
  const text = new Date(at).toISOString().replace("T", " ");
  const when = text.slice(0, { hour: 16, day: 10, week: 10, month: 7, quarter: 7 }[unit] ?? 4);
  return `Actual and predicted differ most in the ${unit} from ${when}: ${displayNumber(predicted)} predicted, ${displayNumber(actual)} actual (${countOf(rows, "row")}).`;
}

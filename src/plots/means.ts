/** Mean predictions: by the value of one column (partial dependence), and over time beside the mean actual value. */
import {
  axisLabels,
  domainOf,
  labelsWidth,
  legendOf,
  nameAxis,
  nominal,
  numberAxis,
  quantitative,
  scaleOf,
  valueAxis,
} from "./axes.ts";
import { cellNumber, countOf, displayNumber, percent } from "./displayNumber.ts";
import { colours, plotSpec, plotWidth, series, type PlotSpec } from "./theme.ts";

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
  const { column, outputs, missing } = data;
  const names = outputs.map(({ label }) => label);
  const range = outputs.map(({ colour }) => series[colour % series.length]!);
  const color = nominal("label", names, range, outputs.length === 1 ? null : { ...legendOf(names), symbolSize: 60 });
  // No place on the axis shows it.
  const subtitle =
    missing === undefined
      ? ""
      : `Missing in ${percent(missing.share)} of the rows: ${missing.means.map((each) => displayNumber(each)).join(", ")}`;
  const { encoding, ...shape } = data.kind === "category" ? byCategory(data) : byNumber(data, data.kind);
  const sentence = dependenceSentence(data) + (subtitle && ` ${subtitle}.`);
  return plotSpec({ text: column, subtitle }, sentence, {
    data: {
      values: data.values.flatMap((value, i) =>
        names.map((label, output) => ({ value, mean: data.means[output]![i]!, label })),
      ),
    },
    ...shape,
    encoding: { ...encoding, color },
  });
}

function byCategory({ values, means, measure, domain }: PartialDependenceData) {
  const order = [...values.keys()].toSorted((a, b) => means[0]![b]! - means[0]![a]!);
  const names = order.map((i) => String(values[i]));
  return {
    width: WIDTH + 30 - labelsWidth(names, LABEL_LIMIT),
    height: { step: 18 },
    mark: { type: "point", filled: true, size: 60, opacity: 1 },
    encoding: {
      y: nameAxis("value", names, LABEL_LIMIT),
      x: numberAxis("mean", measure, domain, { tickCount: 4 }),
    },
  };
}

function byNumber({ values, measure, domain }: PartialDependenceData, kind: "number" | "date") {
  const numbers = values.map(Number);
  return {
    width: WIDTH,
    height: 130,
    mark: { type: "line", strokeWidth: 2, strokeJoin: "round", point: { size: 24 } },
    encoding: {
      x: valueAxis("value", kind, [Math.min(...numbers), Math.max(...numbers)]),
      y: numberAxis("mean", measure, domain, { tickCount: 4 }),
    },
  };
}

/** Of the output that changes most. */
function dependenceSentence({ kind, values, outputs, means, measure }: PartialDependenceData): string {
  const shown = (value: number | string): string => {
    if (typeof value === "string") return `“${value}”`;
    return kind === "date" ? new Date(value).toISOString().slice(0, 10) : cellNumber(value);
  };
  const ranges = means.map((each, i) => {
    return { label: outputs[i]!.label, low: Math.min(...each), high: Math.max(...each), each };
  });
  const [most] = ranges.toSorted((a, b) => b.high - b.low - (a.high - a.low));
  if (most === undefined) return "There is no prediction to show.";
  const { label, low, high, each } = most;
  const what = `${measure}${outputs.length === 1 ? "" : ` of “${label}”`} is`;
  if (low === high) return `${what} ${displayNumber(low)} for every value.`;
  const [least, greatest] = [low, high].map((mean) => shown(values[each.indexOf(mean)]!));
  return `${what} lowest (${displayNumber(low)}) at ${least} and highest (${displayNumber(high)}) at ${greatest}.`;
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
  const axis = { grid: false, tickCount: isSmall ? 4 : 10 };
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

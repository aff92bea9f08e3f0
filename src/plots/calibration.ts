/** Calibration: predicted probabilities compared with the observed share of positives, with the rows in each bin. */
import type { JsonObject } from "../core/json.ts";
import { legendOf, nominal, quantitative, unitAxis } from "./axes.ts";
import { ruleLayer } from "./curve.ts";
import { displayNumber, percent } from "./displayNumber.ts";
import { colours, plotSpec, plotWidth, series, type PlotSpec } from "./theme.ts";

/** Rows with nearly the same predicted probability, and its mean. */
export interface CalibrationBin {
  readonly predicted: number;
  readonly observed: number;
  readonly count: number;
}

/** For 95 % of a normal distribution. */
const Z = 1.959964;

export function calibrationPlot(bins: readonly CalibrationBin[]): PlotSpec {
  const points = bins.filter(({ count }) => count > 0);
  const subtitle = "dashed: perfect calibration; whiskers: 95 % interval of each share";
  return plotSpec({ text: "Calibration", subtitle }, sentence(points), {
    data: { values: points.map(pointOf) },
    spacing: 10,
    vconcat: [reliability(), counts()],
    resolve: { scale: { x: "shared" } },
  });
}

function reliability(): JsonObject {
  const axis = { values: [0, 0.2, 0.4, 0.6, 0.8, 1], tickCount: 6, labels: false, ticks: false };
  const x = quantitative("predicted", null, { scale: { domain: [0, 1], padding: 0 }, axis });
  const y = quantitative("observed", null, unitAxis("Observed share of positives"));
  const whiskers = { x, y: { ...y, field: "low" }, y2: { field: "high" } };
  return {
    width: plotWidth,
    height: 240,
    layer: [
      ruleLayer([0, 0], [1, 1]),
      { mark: { type: "rule", color: colours.accent, strokeWidth: 1.5, opacity: 0.55 }, encoding: whiskers },
      { mark: { type: "line", color: colours.accent, strokeWidth: 2 }, encoding: { x, y } },
      { mark: { type: "point", filled: true, size: 55, opacity: 1, color: colours.accent }, encoding: { x, y } },
    ],
  };
}

function counts(): JsonObject {
  const axis = { ...unitAxis("Predicted probability"), scale: { domain: [0, 1], padding: 0 } };
  const y = quantitative("count", "Rows", { axis: { tickCount: 2, format: "~s" } });
  const mark = { type: "bar", width: 12, color: colours.grey };
  return { width: plotWidth, height: 60, mark, encoding: { x: quantitative("predicted", null, axis), y } };
}

/** With the Wilson interval (1927), which stays within 0 and 1 and is accurate even with few rows. */
function pointOf({ predicted, observed, count }: CalibrationBin): JsonObject {
  const square = (Z * Z) / count;
  const centre = (observed + square / 2) / (1 + square);
  const half = (Z * Math.sqrt((observed * (1 - observed)) / count + square / (4 * count))) / (1 + square);
  return { predicted, observed, count, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

function sentence(bins: readonly CalibrationBin[]): string {
  const rows = bins.reduce((sum, { count }) => sum + count, 0);
  if (rows === 0) return "No row has a predicted probability.";
  const mean = (pick: (bin: CalibrationBin) => number): number =>
    bins.reduce((sum, bin) => sum + pick(bin) * bin.count, 0) / rows;
  const gap = mean(({ predicted, observed }) => Math.abs(predicted - observed));
  const [expected, actual] = [mean(({ predicted }) => predicted), mean(({ observed }) => observed)];
  const bias = Math.abs(expected - actual) < 0.01 ? "about right" : expected > actual ? "too high" : "too low";
  return `Predicted probabilities differ from the observed shares by ${displayNumber(gap * 100, 2)} percentage points on average. Overall they are ${bias}: ${percent(expected)} predicted, ${percent(actual)} observed.`;
}

export interface ThresholdPoint {
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
  /** Share of the rows that are predicted positive. */
  readonly selected: number;
}

export interface ThresholdData {
  /** Ascending. */
  readonly points: readonly ThresholdPoint[];
  /** Of the model. */
  readonly threshold: number;
  /** Name of the class. */
  readonly positive: string;
}

export function thresholdsPlot({ points, threshold, positive }: ThresholdData): PlotSpec {
  const measures = { Precision: "precision", Recall: "recall", F1: "f1", "Predicted positive": "selected" } as const;
  const names = Object.keys(measures);
  const values = points.flatMap((point) => {
    const all = { ...point, f1: f1Of(point) };
    return Object.entries(measures).map(([name, key]) => ({ x: point.threshold, y: all[key], name }));
  });
  const largest = Math.max(threshold, points.at(-1)?.threshold ?? 1);
  const x = quantitative("x", `Threshold: least probability of “${positive}”`, {
    scale: { domain: [0, Math.min(1, Math.ceil(largest * 10) / 10)] },
    axis: { tickCount: 6, format: "~g" },
  });
  const color = nominal("name", names, [...series.slice(0, 3), colours.grey], legendOf(names));
  const rule = { type: "rule", strokeDash: [4, 4], strokeWidth: 1.5, color: colours.ink };
  const subtitle = `dashed: threshold of the model, ${displayNumber(threshold)}`;
  return plotSpec({ text: "Thresholds", subtitle }, thresholdSentence(points, threshold), {
    width: plotWidth,
    height: plotWidth,
    layer: [
      {
        data: { values },
        mark: { type: "line", strokeWidth: 2, interpolate: "step-before" },
        encoding: { x, y: quantitative("y", null, unitAxis("Share")), color },
      },
      { data: { values: [{ x: threshold }] }, mark: rule, encoding: { x } },
    ],
  });
}

export function f1Of({ precision, recall }: ThresholdPoint): number {
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

function thresholdSentence(points: readonly ThresholdPoint[], threshold: number): string {
  const best = points.toSorted((a, b) => f1Of(b) - f1Of(a))[0];
  if (best === undefined) return "There is no threshold to show.";
  const own = points.find((point) => point.threshold >= threshold);
  const highest = `F1 would be highest on these rows at ${displayNumber(best.threshold)} (${displayNumber(f1Of(best))}).`;
  if (own === undefined) return `No row reaches the threshold of the model. ${highest}`;
  const { precision, recall, selected } = own;
  return `At the threshold of the model, ${percent(selected)} of the rows are predicted positive, with precision ${displayNumber(precision)}, recall ${displayNumber(recall)} and F1 ${displayNumber(f1Of(own))}. ${highest}`;
}

/** Calibration: predicted probabilities compared with the observed share of positives, with the rows in each bin. */
import type { JsonObject } from "../core/json.ts";
import { ruleLayer, unitAxis } from "./curve.ts";
import { displayNumber, percent } from "./displayNumber.ts";
import { colours, plotSpec, plotWidth, type PlotSpec } from "./theme.ts";

/** Rows with nearly the same predicted probability; empty bins are left out. */
export interface CalibrationBin {
  /** Mean of the predicted probabilities. */
  readonly predicted: number;
  /** Share of rows that were positive. */
  readonly observed: number;
  readonly count: number;
}

/** 95 % of a normal distribution are within this many standard deviations. */
const Z = 1.959964;

export function calibrationPlot({ bins }: { readonly bins: readonly CalibrationBin[] }): PlotSpec {
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
  const x = { field: "predicted", type: "quantitative", title: null, scale: { domain: [0, 1], padding: 0 }, axis };
  const y = { field: "observed", type: "quantitative", ...unitAxis("Observed share of positives") };
  return {
    width: plotWidth,
    height: 240,
    layer: [
      ruleLayer([0, 0], [1, 1]),
      {
        mark: { type: "rule", color: colours.accent, strokeWidth: 1.5, opacity: 0.55 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" } },
      },
      { mark: { type: "line", color: colours.accent, strokeWidth: 2 }, encoding: { x, y } },
      { mark: { type: "point", filled: true, size: 55, opacity: 1, color: colours.accent }, encoding: { x, y } },
    ],
  };
}

function counts(): JsonObject {
  return {
    width: plotWidth,
    height: 60,
    mark: { type: "bar", width: 12, color: colours.grey },
    encoding: {
      x: {
        ...unitAxis("Predicted probability"),
        scale: { domain: [0, 1], padding: 0 },
        field: "predicted",
        type: "quantitative",
      },
      y: { field: "count", type: "quantitative", title: "Rows", axis: { tickCount: 2, format: "~s" } },
    },
  };
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

/** Thresholds: precision, recall, F1 and the share of predicted positives by the probability from which a row is positive. */
import { legendOf, unitAxis } from "./curve.ts";
import { displayNumber, percent } from "./displayNumber.ts";
import { colours, plotSpec, plotWidth, quantitative, series, type PlotSpec } from "./theme.ts";

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
  /** Name of the positive class. */
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
  const mark = { data: { values: [{ x: threshold, text: displayNumber(threshold) }] } };
  const subtitle = `dashed: threshold of the model, ${displayNumber(threshold)}`;
  return plotSpec({ text: "Thresholds", subtitle }, sentence(points, threshold), {
    width: plotWidth,
    height: plotWidth,
    layer: [
      {
        data: { values },
        mark: { type: "line", strokeWidth: 2, interpolate: "step-before" },
        encoding: {
          x,
          y: { ...unitAxis("Share"), field: "y", type: "quantitative" },
          color: {
            field: "name",
            type: "nominal",
            scale: { domain: names, range: [...series.slice(0, 3), colours.grey] },
            legend: legendOf(names),
          },
        },
      },
      { ...mark, mark: { type: "rule", strokeDash: [4, 4], strokeWidth: 1.5, color: colours.ink }, encoding: { x } },
    ],
  });
}

function f1Of({ precision, recall }: ThresholdPoint): number {
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

function sentence(points: readonly ThresholdPoint[], threshold: number): string {
  const best = points.toSorted((a, b) => f1Of(b) - f1Of(a))[0];
  if (best === undefined) return "There is no threshold to show.";
  const own = points.find((point) => point.threshold >= threshold);
  const highest = `F1 would be highest on these rows at ${displayNumber(best.threshold)} (${displayNumber(f1Of(best))}).`;
  if (own === undefined) return `No row reaches the threshold of the model. ${highest}`;
  const { precision, recall, selected } = own;
  return `At the threshold of the model, ${percent(selected)} of the rows are predicted positive, with precision ${displayNumber(precision)}, recall ${displayNumber(recall)} and F1 ${displayNumber(f1Of(own))}. ${highest}`;
}

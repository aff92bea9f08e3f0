/** Predicted vs. actual values of a regression. */
import { MAXIMUM_POINTS, axisLabels, densityLayer, domainOf } from "./density.ts";
import { countOf, displayNumber } from "./displayNumber.ts";
import { colours, plotSpec, plotWidth, type PlotSpec } from "./theme.ts";

export interface PredictedVsActualData {
  /** Name of the target column, with its unit if known. */
  readonly target: string;
  readonly actual: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
}

export function predictedVsActualPlot({ target, actual, predicted }: PredictedVsActualData): PlotSpec {
  const domain = domainOf(actual, predicted);
  const axis = { ...axisLabels(domain), labelOverlap: true };
  const scale = { domain: [...domain], nice: false, zero: false };
  const shade = actual.length > MAXIMUM_POINTS ? "; darker: more rows" : "";
  const subtitle = `${countOf(actual.length, "row")}; dashed: perfect prediction${shade}`;
  const ends = domain.map((value) => ({ x: value, y: value }));
  const x = { field: "x", type: "quantitative", title: `Actual ${target}`, scale, axis };
  const y = { field: "y", type: "quantitative", title: `Predicted ${target}`, scale, axis };
  return plotSpec({ text: "Predicted vs. actual", subtitle }, sentence(actual, predicted), {
    width: plotWidth,
    height: plotWidth,
    encoding: { x, y },
    layer: [
      densityLayer({ x: actual, y: predicted, xDomain: domain, yDomain: domain }),
      { data: { values: ends }, mark: { type: "line", strokeDash: [5, 4], color: colours.contrast, strokeWidth: 1.5 } },
    ],
  });
}

function sentence(actual: ArrayLike<number>, predicted: ArrayLike<number>): string {
  const errors = Float64Array.from({ length: actual.length }, (_, i) =>
    Math.abs(predicted[i]! - actual[i]!),
  ).toSorted();
  if (errors.length === 0) return "There are no rows to show.";
  const at = (share: number): string =>
    displayNumber(errors[Math.min(errors.length - 1, Math.floor(share * errors.length))]);
  return `The absolute error is at most ${at(0.5)} for half of the predictions and at most ${at(0.9)} for 90 %; the largest is ${displayNumber(errors.at(-1))}.`;
}

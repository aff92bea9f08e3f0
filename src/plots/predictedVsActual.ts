/** Predicted vs. actual values of a regression. */
import { axisLabels, domainOf, drawnRows, pointLayer, scaleOf } from "./density.ts";
import { displayNumber } from "./displayNumber.ts";
import { colours, plotSpec, plotWidth, quantitative, type PlotSpec } from "./theme.ts";

/** A regression. Residuals are predicted − actual: positive if the prediction is too high. */
interface Values {
  readonly target: string;
  readonly actual: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  readonly residuals: ArrayLike<number>;
}

const dashes = { strokeDash: [5, 4], color: colours.contrast, strokeWidth: 1.5 };

export function predictedVsActualPlot({ target, actual, predicted }: Omit<Values, "residuals">): PlotSpec {
  const domain = domainOf(actual, predicted);
  const axis = { ...axisLabels(domain), labelOverlap: true };
  const subtitle = `${drawnRows(actual.length)}; dashed: perfect prediction`;
  const ends = domain.map((value) => ({ x: value, y: value }));
  const x = quantitative("x", `Actual ${target}`, { scale: scaleOf(domain), axis });
  const y = quantitative("y", `Predicted ${target}`, { scale: scaleOf(domain), axis });
  return plotSpec({ text: "Predicted vs. actual", subtitle }, predictedVsActualSentence(actual, predicted), {
    width: plotWidth,
    height: plotWidth,
    encoding: { x, y },
    layer: [pointLayer(actual, predicted), { data: { values: ends }, mark: { type: "line", ...dashes } }],
  });
}

function predictedVsActualSentence(actual: ArrayLike<number>, predicted: ArrayLike<number>): string {
  const errors = Float64Array.from({ length: actual.length }, (_, i) =>
    Math.abs(predicted[i]! - actual[i]!),
  ).toSorted();
  if (errors.length === 0) return "There are no rows to show.";
  const at = (share: number): string =>
    displayNumber(errors[Math.min(errors.length - 1, Math.floor(share * errors.length))]);
  return `The absolute error is at most ${at(0.5)} for half of the predictions and at most ${at(0.9)} for 90 %; the largest is ${displayNumber(errors.at(-1))}.`;
}

export function residualsPlot({ target, predicted, residuals }: Omit<Values, "actual">): PlotSpec {
  const [xDomain, yDomain] = [domainOf(predicted), domainOf(residuals, [0])];
  const subtitle = `${drawnRows(predicted.length)}; above the line: predicted too high`;
  const x = { scale: scaleOf(xDomain), axis: { ...axisLabels(xDomain), labelOverlap: true } };
  const y = { scale: scaleOf(yDomain), axis: axisLabels(yDomain) };
  return plotSpec({ text: "Residuals vs. predicted", subtitle }, residualsSentence(predicted, residuals), {
    width: plotWidth,
    height: 260,
    encoding: { x: quantitative("x", `Predicted ${target}`, x), y: quantitative("y", "Predicted − actual", y) },
    layer: [
      pointLayer(predicted, residuals),
      { data: { values: xDomain.map((at) => ({ x: at, y: 0 })) }, mark: { type: "line", ...dashes } },
    ],
  });
}

/** Compares the third of the rows with the lowest predictions with the third with the highest. */
function residualsSentence(predicted: ArrayLike<number>, residuals: ArrayLike<number>): string {
  const order = Array.from({ length: predicted.length }, (_, i) => i).toSorted((a, b) => predicted[a]! - predicted[b]!);
  const third = Math.floor(order.length / 3);
  if (third === 0) return "There are too few rows to see a pattern.";
  const meanError = (rows: readonly number[]): number =>
    rows.reduce((sum, i) => sum + Math.abs(residuals[i]!), 0) / rows.length;
  const [low, high] = [meanError(order.slice(0, third)), meanError(order.slice(-third))];
  const trend =
    high > 1.5 * low
      ? "Errors grow with the prediction"
      : low > 1.5 * high
        ? "Errors shrink as the prediction grows"
        : "Errors are similar over the whole range";
  return `${trend}: ${displayNumber(low)} on average in the lowest third of predictions, ${displayNumber(high)} in the highest.`;
}

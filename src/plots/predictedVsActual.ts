/** Predicted vs. actual values of a regression. */
import { MAXIMUM_POINTS, axisLabels, densityLayer, domainOf, binned, scaleOf } from "./density.ts";
import { countOf, displayNumber, percent } from "./displayNumber.ts";
import { colours, plotSpec, plotWidth, quantitative, type PlotSpec } from "./theme.ts";

/** A regression. Residuals are predicted − actual: positive if the prediction is too high. */
interface Values {
  /** Name of the column, with its unit if known. */
  readonly target: string;
  readonly actual: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  readonly residuals: ArrayLike<number>;
}

const dashes = { strokeDash: [5, 4], color: colours.contrast, strokeWidth: 1.5 };

export function predictedVsActualPlot({ target, actual, predicted }: Omit<Values, "residuals">): PlotSpec {
  const domain = domainOf(actual, predicted);
  const axis = { ...axisLabels(domain), labelOverlap: true };
  const shade = actual.length > MAXIMUM_POINTS ? "; darker: more rows" : "";
  const subtitle = `${countOf(actual.length, "row")}; dashed: perfect prediction${shade}`;
  const ends = domain.map((value) => ({ x: value, y: value }));
  const x = quantitative("x", `Actual ${target}`, { scale: scaleOf(domain), axis });
  const y = quantitative("y", `Predicted ${target}`, { scale: scaleOf(domain), axis });
  return plotSpec({ text: "Predicted vs. actual", subtitle }, predictedVsActualSentence(actual, predicted), {
    width: plotWidth,
    height: plotWidth,
    encoding: { x, y },
    layer: [
      densityLayer({ x: actual, y: predicted, xDomain: domain, yDomain: domain }),
      { data: { values: ends }, mark: { type: "line", ...dashes } },
    ],
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
  const shade = predicted.length > MAXIMUM_POINTS ? "; darker: more rows" : "";
  const subtitle = `${countOf(predicted.length, "row")}; above the line: predicted too high${shade}`;
  const x = { scale: scaleOf(xDomain), axis: { ...axisLabels(xDomain), labelOverlap: true } };
  const y = { scale: scaleOf(yDomain), axis: axisLabels(yDomain) };
  return plotSpec({ text: "Residuals vs. predicted", subtitle }, residualsSentence(predicted, residuals), {
    width: plotWidth,
    height: 260,
    encoding: { x: quantitative("x", `Predicted ${target}`, x), y: quantitative("y", "Predicted − actual", y) },
    layer: [
      densityLayer({ x: predicted, y: residuals, xDomain, yDomain }),
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

const BINS = 30;

export function residualHistogramPlot({ residuals }: Pick<Values, "residuals">): PlotSpec {
  const { edges, shares } = binned(residuals, BINS);
  const bars = shares.map((share, i) => ({ from: edges[i]!, to: edges[i + 1]!, share }));
  const domain = [edges[0]!, edges.at(-1)!] as const;
  const axis = { ...axisLabels(domain), grid: false };
  const x = quantitative("from", "Predicted − actual", { scale: scaleOf(domain), axis });
  const encoding = {
    x: { field: "from", type: "quantitative", bin: { binned: true } },
    x2: { field: "to" },
    y: quantitative("share", "Share of rows", { axis: { format: "~%" } }),
  };
  const title = { text: "Distribution of residuals", subtitle: "dashed: no error" };
  return plotSpec(title, residualHistogramSentence(residuals), {
    width: plotWidth,
    height: 260,
    encoding: { x },
    layer: [
      { data: { values: bars }, mark: { type: "bar", color: colours.accent, binSpacing: 1 }, encoding },
      { data: { values: [{ from: 0 }] }, mark: { type: "rule", ...dashes } },
    ],
  });
}

function residualHistogramSentence(residuals: ArrayLike<number>): string {
  if (residuals.length === 0) return "There are no rows to show.";
  const all = Array.from(residuals);
  const mean = all.reduce((sum, residual) => sum + residual, 0) / all.length;
  const above = all.filter((residual) => residual > 0).length;
  const bias = mean === 0 ? "unbiased" : `${displayNumber(Math.abs(mean), 2)} too ${mean > 0 ? "high" : "low"}`;
  return `On average, predictions are ${bias}; ${percent(above / all.length)} of the rows are predicted too high.`;
}

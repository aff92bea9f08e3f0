/** Residuals vs. predicted values: shows whether errors depend on the prediction. */
import { MAXIMUM_POINTS, axisLabels, densityLayer, domainOf } from "./density.ts";
import { countOf, displayNumber } from "./displayNumber.ts";
import { colours, plotSpec, plotWidth, type PlotSpec } from "./theme.ts";

export interface ResidualsData {
  readonly target: string;
  readonly predicted: ArrayLike<number>;
  /** Predicted − actual: positive if the prediction is too high. */
  readonly residuals: ArrayLike<number>;
}

export function residualsPlot({ target, predicted, residuals }: ResidualsData): PlotSpec {
  const [xDomain, yDomain] = [domainOf(predicted), domainOf(residuals, [0])];
  const scale = { nice: false, zero: false };
  const shade = predicted.length > MAXIMUM_POINTS ? "; darker: more rows" : "";
  const subtitle = `${countOf(predicted.length, "row")}; above the line: predicted too high${shade}`;
  const axes = {
    x: { field: "x", type: "quantitative", title: `Predicted ${target}`, scale: { ...scale, domain: [...xDomain] } },
    y: { field: "y", type: "quantitative", title: "Predicted − actual", scale: { ...scale, domain: [...yDomain] } },
  };
  return plotSpec({ text: "Residuals vs. predicted", subtitle }, sentence(predicted, residuals), {
    width: plotWidth,
    height: 260,
    encoding: {
      x: { ...axes.x, axis: { ...axisLabels(xDomain), labelOverlap: true } },
      y: { ...axes.y, axis: axisLabels(yDomain) },
    },
    layer: [
      densityLayer({ x: predicted, y: residuals, xDomain, yDomain }),
      {
        data: { values: xDomain.map((x) => ({ x, y: 0 })) },
        mark: { type: "line", strokeDash: [5, 4], color: colours.contrast, strokeWidth: 1.5 },
      },
    ],
  });
}

/** Compares the third of the rows with the lowest predictions with the third with the highest. */
function sentence(predicted: ArrayLike<number>, residuals: ArrayLike<number>): string {
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

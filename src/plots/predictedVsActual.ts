/** Predicted vs. actual values of a regression, and its residuals: predicted − actual, positive if predicted too high. */
import type { JsonObject } from "../core/json.ts";
import { domainOf, numberAxis, xy } from "./axes.ts";
import { countOf, displayNumber } from "./displayNumber.ts";
import { colours, plotSpec, plotWidth, type PlotSpec } from "./theme.ts";

interface Values {
  readonly target: string;
  readonly actual: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
}

export function predictedVsActualPlot({ target, actual, predicted }: Values): PlotSpec {
  const domain = domainOf(actual, predicted);
  const encoding = {
    x: numberAxis("x", `Actual ${target}`, domain),
    y: numberAxis("y", `Predicted ${target}`, domain),
  };
  const errors = residualsOf(actual, predicted).map(Math.abs).toSorted();
  const at = (share: number): string =>
    displayNumber(errors[Math.min(errors.length - 1, Math.floor(share * errors.length))]);
  const sentence = `The absolute error is at most ${at(0.5)} for half of the predictions and at most ${at(0.9)} for 90 %; the largest is ${at(1)}.`;
  const title = { text: "Predicted vs. actual", subtitle: `${drawnRows(actual)}; dashed: perfect prediction` };
  return plotSpec(title, errors.length === 0 ? "There are no rows to show." : sentence, {
    width: plotWidth,
    height: plotWidth,
    encoding,
    layer: layers(actual, predicted, ...domain.map((value) => ({ x: value, y: value }))),
  });
}

export function residualsPlot({ target, actual, predicted }: Values): PlotSpec {
  const residuals = residualsOf(actual, predicted);
  const [xDomain, yDomain] = [domainOf(predicted), domainOf(residuals, [0])];
  const x = numberAxis("x", `Predicted ${target}`, xDomain);
  const y = numberAxis("y", "Predicted − actual", yDomain);
  const subtitle = `${drawnRows(predicted)}; above the line: predicted too high`;
  return plotSpec({ text: "Residuals vs. predicted", subtitle }, residualsSentence(predicted, residuals), {
    width: plotWidth,
    height: 260,
    encoding: { x, y },
    layer: layers(predicted, residuals, ...xDomain.map((at) => ({ x: at, y: 0 }))),
  });
}

function residualsOf(actual: ArrayLike<number>, predicted: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: actual.length }, (_, i) => predicted[i]! - actual[i]!);
}

/** One point takes about 110 bytes of SVG: 800 points take less than 100 kB and overlap little. */
const MAXIMUM_POINTS = 800;

/** "300 rows"; "5,000 rows, 800 of them drawn". */
function drawnRows({ length }: ArrayLike<number>): string {
  return `${countOf(length, "row")}${length > MAXIMUM_POINTS ? `, ${MAXIMUM_POINTS} of them drawn` : ""}`;
}

/** Points, and a dashed line. */
function layers(x: ArrayLike<number>, y: ArrayLike<number>, ...line: readonly JsonObject[]): JsonObject[] {
  const rows = Array.from({ length: x.length }, (_, i) => ({ x: x[i]!, y: y[i]! }));
  const known = rows.filter((row) => Number.isFinite(row.x) && Number.isFinite(row.y));
  const count = Math.min(known.length, MAXIMUM_POINTS);
  const values = Array.from({ length: count }, (_, i) => known[Math.floor((i * known.length) / count)]!);
  const opacity = count > 200 ? 0.45 : 0.65;
  return [
    { data: { values }, mark: { type: "circle", size: 26, color: colours.accent, opacity }, encoding: xy },
    { data: { values: line }, mark: { type: "line", strokeDash: [5, 4], color: colours.contrast, strokeWidth: 1.5 } },
  ];
}

/** Compares the third of the rows with the lowest predictions with the third with the highest. */
function residualsSentence(predicted: ArrayLike<number>, residuals: Float64Array): string {
  const order = [...residuals.keys()].toSorted((a, b) => predicted[a]! - predicted[b]!);
  const third = Math.floor(order.length / 3);
  if (third === 0) return "There are too few rows to see a pattern.";
  const meanError = (rows: readonly number[]): number =>
    rows.reduce((sum, i) => sum + Math.abs(residuals[i]!), 0) / rows.length;
  const [low, high] = [meanError(order.slice(0, third)), meanError(order.slice(-third))];
  const grow = high > 1.5 * low ? "Errors grow with the prediction" : null;
  const shrink = low > 1.5 * high ? "Errors shrink as the prediction grows" : null;
  return `${grow ?? shrink ?? "Errors are similar over the whole range"}: ${displayNumber(low)} on average in the lowest third of predictions, ${displayNumber(high)} in the highest.`;
}

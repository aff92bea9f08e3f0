/** Precision–recall curve. */
import { curveLayer, drawnText, extremes, ruleLayer, unitSquare, type Curve } from "./curve.ts";
import { displayNumber, percent } from "./displayNumber.ts";
import { plotSpec, type PlotSpec } from "./theme.ts";

export interface PrecisionRecallData {
  /** Points are (recall, precision) in order of ascending recall; the area is the average precision. */
  readonly curves: readonly Curve[];
  /** Binary: the precision of a random model. Null for multiclass, where each class has its own. */
  readonly positiveShare: number | null;
}

export function precisionRecallPlot({ curves, positiveShare }: PrecisionRecallData): PlotSpec {
  const chance = positiveShare === null ? [] : [ruleLayer([0, positiveShare], [1, positiveShare])];
  const subtitle = positiveShare === null ? "one-vs-rest curve of each class" : "dashed: share of positives";
  return plotSpec({ text: "Precision–recall curve", subtitle }, sentence(curves, positiveShare), {
    ...unitSquare("Recall", "Precision"),
    // Between two thresholds, precision has the value at the higher recall: the same steps as in scikit-learn.
    layer: [...chance, curveLayer(curves, "step-before")],
  });
}

function sentence(curves: readonly Curve[], positiveShare: number | null): string {
  const [first] = curves;
  if (first === undefined) return "There is no curve to show.";
  if (curves.length === 1) {
    const chance =
      positiveShare === null ? "" : `; a random model has ${displayNumber(positiveShare)}, the share of positives`;
    return `The average precision is ${displayNumber(first.area)}${chance}. ${recallAtPrecision(first)}`;
  }
  const [worst, best] = extremes(curves) ?? [];
  if (worst === undefined || best === undefined) return "The average precision is undefined for every class.";
  return `${drawnText(curves)}Average precision is lowest for “${worst.label}” (${displayNumber(worst.area)}) and highest for “${best.label}” (${displayNumber(best.area)}).`;
}

function recallAtPrecision(curve: Curve): string {
  const recall = curve.points.reduce((far, [x, y]) => (y >= 0.8 && x > far ? x : far), 0);
  return recall > 0
    ? `With a precision of at least 0.8, up to ${percent(recall)} of the positives are found.`
    : "No threshold reaches a precision of 0.8.";
}

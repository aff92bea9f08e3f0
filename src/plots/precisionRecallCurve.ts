/** Precision–recall curve: how many of the alarms are right at each share of positives found. */
import type { Curve } from "./curve.ts";
import { curveLayers, ruleLayer, unitAxis } from "./curve.ts";
import { figure, percent } from "./figures.ts";
import type { PlotSpec } from "./theme.ts";
import { plotSpec, plotWidth } from "./theme.ts";

export interface PrecisionRecallData {
  /** Points are (recall, precision) with rising recall; the area is the average precision. */
  readonly curves: readonly Curve[];
  /** Binary: the precision of a model without skill; null for several classes, which each have their own. */
  readonly positiveShare: number | null;
}

export function precisionRecallPlot({ curves, positiveShare }: PrecisionRecallData): PlotSpec {
  const x = unitAxis("Recall");
  const y = unitAxis("Precision");
  const chance = positiveShare === null ? [] : [ruleLayer([0, positiveShare], [1, positiveShare])];
  const subtitle = positiveShare === null ? "each class against the rest" : "dashed: share of positives";
  return plotSpec({ text: "Precision–recall curve", subtitle }, sentence(curves, positiveShare), {
    width: plotWidth,
    height: plotWidth,
    // Between two thresholds precision keeps the value of the higher recall: scikit-learn draws the same steps.
    layer: [...chance, ...curveLayers(curves, "step-before")],
    encoding: { x: { ...x, field: "x", type: "quantitative" }, y: { ...y, field: "y", type: "quantitative" } },
  });
}

function sentence(curves: readonly Curve[], positiveShare: number | null): string {
  const [first] = curves;
  if (first === undefined) return "There is no curve to draw.";
  if (curves.length === 1) {
    const chance =
      positiveShare === null ? "" : `; without skill it would be ${figure(positiveShare)}, the share of positives`;
    return `The average precision is ${figure(first.area)}${chance}. ${reach(first)}`;
  }
  const ordered = curves.filter(({ area }) => area !== null).toSorted((a, b) => a.area! - b.area!);
  const [worst, best] = [ordered[0], ordered.at(-1)];
  if (worst === undefined || best === undefined) return "The average precision is undefined for every class.";
  return `Average precision is lowest for “${worst.label}” (${figure(worst.area)}) and highest for “${best.label}” (${figure(best.area)}).`;
}

function reach(curve: Curve): string {
  const recall = curve.points.reduce((far, [x, y]) => (y >= 0.8 && x > far ? x : far), 0);
  return recall > 0
    ? `Up to ${percent(recall)} of the positives can be found with four alarms in five right.`
    : "At no threshold are four alarms in five right.";
}

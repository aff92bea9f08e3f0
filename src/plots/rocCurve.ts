/** ROC curve. */
import { curveLayer, drawnText, extremes, heightAt, ruleLayer, unitSquare, type Curve } from "./curve.ts";
import { displayNumber, percent } from "./displayNumber.ts";
import { plotSpec, type PlotSpec } from "./theme.ts";

/** False positive rate at which the sentence gives the true positive rate. */
const READ_AT = 0.1;

/** Points are (false positive rate, true positive rate) from (0, 0) to (1, 1). Multiclass: one-vs-rest for each class. */
export function rocCurvePlot({ curves }: { readonly curves: readonly Curve[] }): PlotSpec {
  return plotSpec({ text: "ROC curve", subtitle: "dashed: chance" }, sentence(curves), {
    ...unitSquare("False positive rate", "True positive rate"),
    layer: [ruleLayer([0, 0], [1, 1]), curveLayer(curves, "linear")],
  });
}

function sentence(curves: readonly Curve[]): string {
  const [first] = curves;
  if (first === undefined) return "There is no curve to show.";
  if (curves.length === 1) {
    const found = percent(heightAt(first.points, READ_AT));
    return `The area under the curve is ${displayNumber(first.area)} (chance is 0.5). At a false positive rate of 10 %, ${found} of the positives are found.`;
  }
  const [worst, best] = extremes(curves) ?? [];
  if (worst === undefined || best === undefined) return "The area is undefined for every class.";
  return `${drawnText(curves)}One-vs-rest: the area is smallest for “${worst.label}” (${displayNumber(worst.area)}) and largest for “${best.label}” (${displayNumber(best.area)}).`;
}

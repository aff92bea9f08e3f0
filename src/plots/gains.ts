/** Cumulative gains: the share of the positives among the rows with the highest probabilities. */
import { curveLayer, heightAt, ruleLayer, unitSquare, type Curve } from "./curve.ts";
import { displayNumber, percent } from "./displayNumber.ts";
import { plotSpec, type PlotSpec } from "./theme.ts";

/** Shares of rows at which the sentence tells the lift. */
const READ_AT = [0.1, 0.3];

/** Points are (share of rows, share of the positives among them) from (0, 0) to (1, 1). */
export function gainsPlot({ points }: { readonly points: Curve["points"] }): PlotSpec {
  const parts = READ_AT.map((share) => {
    const found = heightAt(points, share);
    return `${percent(share)} of the rows hold ${percent(found)} of the positives (lift ${displayNumber(found / share, 2)})`;
  });
  const subtitle = "rows by probability, highest first; dashed: at random";
  return plotSpec({ text: "Cumulative gains", subtitle }, `The first ${parts.join("; the first ")}.`, {
    ...unitSquare("Share of rows", "Share of positives found"),
    layer: [ruleLayer([0, 0], [1, 1]), curveLayer([{ label: "", points, area: null, colour: 0 }], "linear")],
  });
}

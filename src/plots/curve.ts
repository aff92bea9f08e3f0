/** Curves in the unit square (ROC, precision–recall), thinned so that a million rows draw as fast as a hundred. */
import type { JsonObject } from "../core/json.ts";
import { displayNumber, percent } from "./displayNumber.ts";
import { legendOf, nominal, quantitative, unitAxis, xy } from "./axes.ts";
import { colours, plotWidth, series, plotSpec, type PlotSpec } from "./theme.ts";

export interface Curve {
  readonly label: string;
  /** In drawing order; empty if the curve is not drawn because there are many. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** As the metric computes it; null if undefined. */
  readonly area: number | null;
  /** Position in the palette, the same in all plots of a report; null: the mean of all classes. Absent: by area. */
  readonly colour?: number | null;
}

/** Minimum distance between points: smaller steps are less than two pixels. */
const STEP = 1 / 300;

/** Keeps both ends, and points that are at least `step` apart. */
export function thinCurve(points: Curve["points"], step = STEP): Curve["points"] {
  const kept: (readonly [number, number])[] = [];
  points.forEach((point, i) => {
    const last = kept.at(-1);
    const far = last === undefined || Math.hypot(point[0] - last[0], point[1] - last[1]) >= step;
    if (far || i === points.length - 1) kept.push(point);
  });
  return kept;
}

/** The mean first, then the drawn curves by area, smallest first. */
function curveLayer(curves: readonly Curve[], interpolate: string): JsonObject {
  const drawn = curves
    .filter(({ points }) => points.length > 0)
    .toSorted((a, b) => Number(b.colour === null) - Number(a.colour === null) || (a.area ?? -1) - (b.area ?? -1));
  const names = drawn.map(({ label, area }) => `${label} (${displayNumber(area)})`);
  const range = drawn.map(({ colour }, place) =>
    colour === null ? colours.ink : series[(colour ?? place) % series.length]!,
  );
  const legend = curves.length === 1 ? null : legendOf(names);
  return {
    data: {
      values: drawn.flatMap(({ points }, line) =>
        thinCurve(points).map(([x, y], order) => ({ x, y, name: names[line]!, line, order })),
      ),
    },
    mark: { type: "line", strokeWidth: 2, interpolate, strokeJoin: "round" },
    encoding: {
      ...xy,
      detail: { field: "line", type: "nominal" },
      order: { field: "order", type: "quantitative" },
      color: nominal("name", names, range, legend),
    },
  };
}

function unitSquare(x: string, y: string): JsonObject {
  const encoding = { x: quantitative("x", null, unitAxis(x)), y: quantitative("y", null, unitAxis(y)) };
  return { width: plotWidth, height: plotWidth, encoding };
}

/** The dashed line of a model without skill. */
export function ruleLayer(from: readonly [number, number], to: readonly [number, number]): JsonObject {
  return {
    data: { values: [from, to].map(([x, y]) => ({ x, y })) },
    mark: { type: "line", strokeDash: [4, 4], strokeWidth: 1.5, color: colours.grey },
    encoding: xy,
  };
}

/** Height of an ascending curve at `x`, with linear interpolation. */
export function heightAt(points: Curve["points"], x: number): number {
  const after = points.findIndex((point) => point[0] > x);
  const [a, b] = [points[after - 1], points[after]];
  if (a === undefined || b === undefined) return points.at(-1)?.[1] ?? NaN;
  return a[1] + ((x - a[0]) / (b[0] - a[0])) * (b[1] - a[1]);
}

/** Points are (false positive rate, true positive rate) from (0, 0) to (1, 1). Multiclass: one-vs-rest for each class. */
export function rocCurvePlot(curves: readonly Curve[]): PlotSpec {
  const words = ["area", "One-vs-rest: the area is smallest", "largest"] as const;
  const description = sentence(curves, words, ({ points, area }) => {
    const found = percent(heightAt(points, 0.1));
    return `The area under the curve is ${displayNumber(area)} (chance is 0.5). At a false positive rate of 10 %, ${found} of the positives are found.`;
  });
  return plotSpec({ text: "ROC curve", subtitle: "dashed: chance" }, description, {
    ...unitSquare("False positive rate", "True positive rate"),
    layer: [ruleLayer([0, 0], [1, 1]), curveLayer(curves, "linear")],
  });
}

/**
 * Points are (recall, precision) in order of ascending recall; the area is the average precision.
 * @param positiveShare binary: the precision of a random model; null for multiclass, where each class has its own
 */
export function precisionRecallPlot(curves: readonly Curve[], positiveShare: number | null): PlotSpec {
  const chance = positiveShare === null ? [] : [ruleLayer([0, positiveShare], [1, positiveShare])];
  const subtitle = positiveShare === null ? "one-vs-rest curve of each class" : "dashed: share of positives";
  const words = ["average precision", "Average precision is lowest", "highest"] as const;
  const description = sentence(curves, words, ({ points, area }) => {
    const random =
      positiveShare === null ? "" : `; a random model has ${displayNumber(positiveShare)}, the share of positives`;
    const recall = points.reduce((far, [x, y]) => (y >= 0.8 && x > far ? x : far), 0);
    const found =
      recall > 0
        ? `With a precision of at least 0.8, up to ${percent(recall)} of the positives are found.`
        : "No threshold reaches a precision of 0.8.";
    return `The average precision is ${displayNumber(area)}${random}. ${found}`;
  });
  return plotSpec({ text: "Precision–recall curve", subtitle }, description, {
    ...unitSquare("Recall", "Precision"),
    // Between two thresholds, precision has the value at the higher recall: the same steps as in scikit-learn.
    layer: [...chance, curveLayer(curves, "step-before")],
  });
}

function sentence(
  curves: readonly Curve[],
  [area, lowest, highest]: readonly [string, string, string],
  ofOne: (curve: Curve) => string,
): string {
  if (curves.length < 2) return curves[0] === undefined ? "There is no curve to show." : ofOne(curves[0]);
  const classes = curves.filter(({ colour }) => colour !== null);
  const drawn = classes.filter(({ points }) => points.length > 0).length;
  const few =
    drawn === classes.length ? "" : `The ${drawn} hardest of ${classes.length} classes and the mean of all are drawn. `;
  const ordered = classes.filter((curve) => curve.area !== null).toSorted((a, b) => a.area! - b.area!);
  const [worst, best] = [ordered[0], ordered.at(-1)];
  if (worst === undefined || best === undefined) return `The ${area} is undefined for every class.`;
  return `${few}${lowest} for “${worst.label}” (${displayNumber(worst.area)}) and ${highest} for “${best.label}” (${displayNumber(best.area)}).`;
}

/** Cumulative gains: points are (share of rows, share of the positives among them) from (0, 0) to (1, 1). */
export function gainsPlot(points: Curve["points"]): PlotSpec {
  const parts = [0.1, 0.3].map((share) => {
    const found = heightAt(points, share);
    return `${percent(share)} of the rows hold ${percent(found)} of the positives (lift ${displayNumber(found / share, 2)})`;
  });
  const subtitle = "rows by probability, highest first; dashed: at random";
  return plotSpec({ text: "Cumulative gains", subtitle }, `The first ${parts.join("; the first ")}.`, {
    ...unitSquare("Share of rows", "Share of positives found"),
    layer: [ruleLayer([0, 0], [1, 1]), curveLayer([{ label: "", points, area: null, colour: 0 }], "linear")],
  });
}

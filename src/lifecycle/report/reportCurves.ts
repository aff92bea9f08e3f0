/** Computes the curves of a report from a model's predictions for the test set. */
import type { Costs, Evaluation } from "../../core/metric.ts";
import type { Model } from "../../core/records/model.ts";
import { sampledRows } from "../../stats/samplePositions.ts";
import { selectValues } from "../../core/table/table.ts";
import { calibrationCurve, precisionRecallCurve, type PrecisionRecallCurve, rocCurve } from "../../metrics/rocCurve.ts";
import { classScores } from "../../metrics/metricKinds.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { heightAt, type Curve } from "../../plots/curve.ts";
import { mean, lowerBound } from "../../stats/descriptive.ts";
import { costOf } from "../../reporting/inRows.ts";
import type { ReportInput } from "../../reporting/reportInput.ts";
import { f1Of, type ThresholdPoint } from "../../plots/calibration.ts";

/** Maximum number of points in a plot: more make the file larger and the plot no clearer. */
const MAX_ROWS = 20_000;
type Curves = Pick<
  ReportInput,
  "roc" | "precisionRecall" | "positiveShare" | "calibration" | "thresholds" | "gains" | "predictions"
>;

/** Of more classes, the curves of the hardest ones and the mean of all are drawn. */
const MANY_CLASSES = 10;
const HARDEST = 5;
/** Steps of the mean curves and of the thresholds. */
const STEPS = 100;

const none: Curves = {
  roc: null,
  precisionRecall: null,
  positiveShare: null,
  calibration: null,
  thresholds: null,
  gains: null,
  predictions: null,
};

export function reportCurves(evaluation: Evaluation | null, { signature, threshold }: Model, costs?: Costs): Curves {
  if (evaluation === null) return none;
  const { classes } = signature.target;
  const { yTrue, yPred } = evaluation;
  if (classes === undefined) {
    const rows = sampledRows(yTrue.length, MAX_ROWS);
    return { ...none, predictions: { actual: selectValues(yTrue, rows), predicted: selectValues(yPred, rows) } };
  }
  const binary = classes.length === 2;
  const codes = binary ? [1] : [...classes.keys()];
  const ofClasses = (metric: string, pointsOf: (code: number) => Curve["points"]): ClassCurve[] =>
    codes.flatMap((code, place) => {
      const area = areaOf(evaluation, code, metric);
      const points = pointsOf(code);
      // A class without rows has no curve, though some areas are 0 for it.
      return area === null || points.length === 0 ? [] : [{ label: classes[code]!, points, area, colour: place }];
    });
  const curves = codes.map((code) => precisionRecallCurve(evaluation, code));
  const roc = ofClasses("roc_auc", (code) => {
    const { falsePositiveRate, truePositiveRate } = rocCurve(evaluation, code) ?? {};
    return pairs(falsePositiveRate, truePositiveRate);
  });
  const precisionRecall = ofClasses("average_precision", (code) => {
    const { recall, precision } = curves[codes.indexOf(code)] ?? {};
    return pairs(recall, precision).toReversed();
  });
  const isMany = codes.length > MANY_CLASSES;
  const shown = isMany ? hardest(roc, precisionRecall) : null;
  const all = {
    ...none,
    roc: shown === null ? roc : withMean(roc, shown, heightAt),
    precisionRecall: shown === null ? precisionRecall : withMean(precisionRecall, shown, atNextPoint),
  };
  const [curve] = curves;
  if (!binary || curve === null || curve === undefined) return all;
  const positiveShare = yTrue.filter((code) => code === 1).length / yTrue.length;
  const costsOfPoint = costs && ((point: ThresholdPoint) => costOf(point, costs, positiveShare));
  return {
    ...all,
    positiveShare,
    thresholds: thresholdsOf(curve, { positive: classes[1]!, threshold: threshold ?? 0.5 }, costsOfPoint),
    gains: [...pairs(curve.selected, curve.recall), [0, 0] as const].toReversed(),
    calibration: calibrationCurve(evaluation),
  };
}

/** The threshold with the highest F1 is among the points; with `costsOfPoint`, the cheapest one, too. */
function thresholdsOf(
  { thresholds, precision, recall, selected }: PrecisionRecallCurve,
  model: { positive: string; threshold: number },
  costsOfPoint: ((point: ThresholdPoint) => number) | undefined,
): ReportInput["thresholds"] {
  const at = (limit: number) => lowerBound(thresholds, limit);
  const own = at(model.threshold);
  const rawAt = (i: number): ThresholdPoint => ({
    threshold: thresholds[i]!,
    precision: precision[i]!,
    recall: recall[i]!,
    selected: selected[i]!,
  });
  const pointAt = (i: number): ThresholdPoint => ({
    ...rawAt(i),
    threshold: i === own ? model.threshold : shortestIn(thresholds[i - 1] ?? 0, thresholds[i]!),
  });
  const grid = Array.from({ length: STEPS + 1 }, (_, i) => at((i / STEPS) * thresholds.at(-1)!));
  const bestBy = (lossOf: (point: ThresholdPoint) => number): number => {
    const losses = Float64Array.from(thresholds.keys(), (i) => lossOf(rawAt(i)));
    return losses.reduce((best, loss, i) => (loss < losses[best]! ? i : best), 0);
  };
  const best = [bestBy((point) => -f1Of(point)), ...(costsOfPoint === undefined ? [] : [bestBy(costsOfPoint)])];
  const places = [...new Set([...grid, own, ...best])].filter((i) => i < thresholds.length);
  return { ...model, points: places.toSorted((a, b) => a - b).map(pointAt) };
}

/** The shortest decimal above `low` up to `high`, from three digits on: as a threshold, it has the effect of `high`. */
function shortestIn(low: number, high: number): number {
  const exponent = Math.floor(Math.log10(high));
  for (let digits = 3; digits < 17; digits++) {
    const scale = 10 ** (digits - 1 - exponent);
    const short = Number((Math.floor(high * scale) / scale).toPrecision(digits));
    if (short > low && short <= high) return short;
  }
  return high;
}

type ClassCurve = Curve & { readonly area: number };

/** The labels of the classes with the smallest areas, of each plot in turn. */
function hardest(...plots: readonly (readonly ClassCurve[])[]): string[] {
  const [first = [], second = []] = plots.map((curves) => curves.toSorted((a, b) => a.area - b.area));
  const inTurn = first.flatMap((each, i) => [each, second[i] ?? each]);
  return [...new Set(inTurn.map(({ label }) => label))].slice(0, HARDEST);
}

/** The mean of all curves, then each: those that are not shown have no points. */
function withMean(curves: readonly ClassCurve[], shown: readonly string[], valueAt: typeof heightAt): Curve[] {
  if (curves.length === 0) return [];
  const line = Array.from({ length: STEPS + 1 }, (_, i) => {
    return [i / STEPS, mean(curves.map(({ points: each }) => valueAt(each, i / STEPS)))] as const;
  });
  const label = `mean of ${curves.length} classes`;
  return [
    { label, area: mean(curves.map(({ area }) => area)), points: line, colour: null },
    ...curves.map((curve) => {
      const colour = shown.indexOf(curve.label);
      return { ...curve, colour, points: colour < 0 ? [] : curve.points };
    }),
  ];
}

/** Height of a step curve. */
const atNextPoint: typeof heightAt = (curve, x) => curve.find((point) => point[0] >= x)?.[1] ?? NaN;

function pairs(xs: ArrayLike<number> = [], ys: ArrayLike<number> = []): Curve["points"][number][] {
  return Array.from(xs, (x, i) => [x, ys[i]!] as const);
}

/** Of one class versus the rest; null if the test rows do not define it. */
function areaOf(evaluation: Evaluation, code: number, metric: string): number | null {
  const { yTrue, yPred } = evaluation;
  const is = (codes: Float64Array): Float64Array => codes.map((value) => (value === code ? 1 : 0));
  const value = findMetric(metric, "binary").compute({
    task: "binary",
    classCount: 2,
    yTrue: is(yTrue),
    yPred: is(yPred),
    probabilities: classScores(evaluation, code),
  });
  return Number.isNaN(value) ? null : value;
}

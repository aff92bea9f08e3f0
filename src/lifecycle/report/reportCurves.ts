/** Computes the curves of a report from a model's predictions for the test set. */
import type { Evaluation } from "../../core/metric.ts";
import type { Model } from "../../core/records/model.ts";
import { selectValues } from "../../core/table/selectRows.ts";
import { random } from "../../core/random.ts";
import { calibrationCurve } from "../../metrics/calibrationCurve.ts";
import { classScores } from "../../metrics/classScores.ts";
import { findMetric } from "../../metrics/findMetric.ts";
import { precisionRecallCurve } from "../../metrics/precisionRecallCurve.ts";
import { rocCurve } from "../../metrics/rocCurve.ts";
import { MAXIMUM_COLOURED, MAXIMUM_GREY } from "../../plots/curve.ts";
import type { Curve } from "../../plots/curve.ts";
import type { ReportInput } from "../../reporting/reportInput.ts";

/** Maximum number of points in a plot: more make the file larger and the plot no clearer. */
const MAX_ROWS = 20_000;
type Curves = Pick<ReportInput, "roc" | "precisionRecall" | "positiveShare" | "calibration" | "predictions">;

/** @param evaluation on the test set; null if there is none */
export function reportCurves(evaluation: Evaluation | null, { signature }: Model): Curves {
  const none: Curves = { roc: null, precisionRecall: null, positiveShare: null, calibration: null, predictions: null };
  if (evaluation === null) return none;
  const { classes } = signature.target;
  if (classes === undefined) return { ...none, predictions: sampled(evaluation) };
  const binary = classes.length === 2;
  const areas = (metric: string): ClassArea[] =>
    (binary ? [1] : [...classes.keys()]).map((code) => ({
      code,
      label: classes[code]!,
      area: areaOf(evaluation, code, metric),
    }));
  const [roc, precisionRecall] = [areas("roc_auc"), areas("average_precision")];
  const colourOf = coloursOf(roc, precisionRecall);
  return {
    ...none,
    roc: curvesOf(roc, colourOf, (code) => {
      const { falsePositiveRate, truePositiveRate } = rocCurve(evaluation, code) ?? {};
      return points(falsePositiveRate, truePositiveRate);
    }),
    precisionRecall: curvesOf(precisionRecall, colourOf, (code) => {
      const { recall, precision } = precisionRecallCurve(evaluation, code) ?? {};
      return points(recall, precision).toReversed();
    }),
    positiveShare: binary ? evaluation.yTrue.filter((code) => code === 1).length / evaluation.yTrue.length : null,
    calibration: binary
      ? calibrationCurve(evaluation).map(({ meanPredicted, shareOfClass, rows }) => ({
          predicted: meanPredicted,
          observed: shareOfClass,
          count: rows,
        }))
      : null,
  };
}

/** The area of one class versus the rest; null if the test rows do not define it. */
interface ClassArea {
  readonly code: number;
  readonly label: string;
  readonly area: number | null;
}

/** The colours of classes, the same in both plots: all classes in their order, or of many the worst of each plot in turn. */
function coloursOf(roc: readonly ClassArea[], precisionRecall: readonly ClassArea[]): (code: number) => number | null {
  const [first, second] = [sortedByArea(roc), sortedByArea(precisionRecall)];
  const inTurn = first.flatMap((each, i) => [each, second[i] ?? each]);
  const chosen = roc.length <= MAXIMUM_COLOURED ? roc : inTurn;
  const codes = [...new Set(chosen.map(({ code }) => code))].slice(0, MAXIMUM_COLOURED);
  return (code) => (codes.includes(code) ? codes.indexOf(code) : null);
}

/** Smallest first, without undefined ones. */
function sortedByArea(areas: readonly ClassArea[]): ClassArea[] {
  return areas.filter(({ area }) => area !== null).toSorted((a, b) => a.area! - b.area!);
}

/** One curve for each class with a defined area; points only for the coloured ones and the worst of the others. */
function curvesOf(
  areas: readonly ClassArea[],
  colourOf: (code: number) => number | null,
  pointsOf: (code: number) => Curve["points"],
): Curve[] {
  const known = sortedByArea(areas);
  const grey = new Set(known.filter(({ code }) => colourOf(code) === null).slice(0, MAXIMUM_GREY));
  return areas.flatMap((each) => {
    const { code, label, area } = each;
    if (area === null) return [];
    const colour = colourOf(code);
    return [{ label, points: colour !== null || grey.has(each) ? pointsOf(code) : [], area, colour }];
  });
}

function points(xs: ArrayLike<number> = [], ys: ArrayLike<number> = []): Curve["points"][number][] {
  return Array.from(xs, (x, i) => [x, ys[i]!] as const);
}

/** The metric of one class versus the rest. */
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

function sampled({ yTrue, yPred }: Evaluation): ReportInput["predictions"] {
  const rows = sampledRows(yTrue.length, MAX_ROWS);
  return { actual: selectValues(yTrue, rows), predicted: selectValues(yPred, rows) };
}

/** Ascending positions of all rows, or of a seeded sample if there are more than `maximum`. */
export function sampledRows(count: number, maximum: number): Int32Array {
  const rows = Int32Array.from({ length: count }, (_, row) => row);
  return count <= maximum ? rows : random(0).shuffle(rows).subarray(0, maximum).toSorted();
}

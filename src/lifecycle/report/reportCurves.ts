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
import type { ReportCurve, ReportInput } from "../../reporting/reportInput.ts";

/** Maximum number of points in a plot: more make the file larger and the plot no clearer. */
const MAX_ROWS = 20_000;
/** Maximum number of curves in a plot that a reader can distinguish. */
const MAX_CLASSES = 8;

type Curves = Pick<ReportInput, "roc" | "precisionRecall" | "positiveShare" | "calibration" | "predictions">;

/** @param evaluation on the test set; null if there is none */
export function reportCurves(evaluation: Evaluation | null, { signature }: Model): Curves {
  const none: Curves = { roc: null, precisionRecall: null, positiveShare: null, calibration: null, predictions: null };
  if (evaluation === null) return none;
  const { classes } = signature.target;
  if (classes === undefined) return { ...none, predictions: sampled(evaluation) };
  const codes = classes.length === 2 ? [1] : [...classes.keys()].slice(0, MAX_CLASSES);
  const binary = classes.length === 2;
  return {
    ...none,
    roc: codes.flatMap((code) => rocOf(evaluation, code, classes[code]!)),
    precisionRecall: codes.flatMap((code) => precisionRecallOf(evaluation, code, classes[code]!)),
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

function rocOf(evaluation: Evaluation, code: number, label: string): ReportCurve[] {
  const curve = rocCurve(evaluation, code);
  if (curve === null) return [];
  const points = curve.falsePositiveRate.map((x, i) => [x, curve.truePositiveRate[i]!] as const);
  return [{ label, points, area: areaOf(evaluation, code, "roc_auc") }];
}

function precisionRecallOf(evaluation: Evaluation, code: number, label: string): ReportCurve[] {
  const curve = precisionRecallCurve(evaluation, code);
  if (curve === null) return [];
  const points = curve.recall.map((x, i) => [x, curve.precision[i]!] as const).toReversed();
  return [{ label, points, area: areaOf(evaluation, code, "average_precision") }];
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

/** Predictions: curves or residual plots, predictions over time and the segments where they are worst. */
import { calibrationPlot } from "../../plots/calibration.ts";
import { confusionMatrixPlot } from "../../plots/confusionMatrix.ts";
import { displayNumber } from "../../plots/displayNumber.ts";
import { gainsPlot } from "../../plots/gains.ts";
import { precisionRecallPlot } from "../../plots/precisionRecallCurve.ts";
import { predictedVsActualPlot } from "../../plots/predictedVsActual.ts";
import { residualHistogramPlot } from "../../plots/residualHistogram.ts";
import { residualsPlot } from "../../plots/residuals.ts";
import { rocCurvePlot } from "../../plots/rocCurve.ts";
import { thresholdsPlot } from "../../plots/thresholds.ts";
import type { PlotSpec } from "../../plots/theme.ts";
import { dataTable, numeric } from "../dataTable.ts";
import { html, type Html } from "../html.ts";
import type { DrawFigure } from "../plotFigure.ts";
import type { ReportInput } from "../reportInput.ts";
import { emptyNote, section } from "../section.ts";
import { overTimePart, segmentsPart } from "./meanPredictions.ts";

export async function predictionsSection(input: ReportInput, draw: DrawFigure): Promise<Html> {
  const body = input.run.task === "regression" ? await regression(input, draw) : await classification(input, draw);
  const parts = html`${body} ${await overTimePart(input, draw)} ${segmentsPart(input)}`;
  return section("predictions", "Predictions on the test rows", parts);
}

async function regression({ predictions, signature }: ReportInput, draw: DrawFigure): Promise<Html> {
  if (predictions === null || predictions.actual.length === 0) {
    return emptyNote("There are no test rows with an actual and a predicted value, so there is nothing to plot.");
  }
  const { actual, predicted } = predictions;
  const target = signature.target.name;
  const residuals = Float64Array.from(predicted, (value, i) => value - actual[i]!);
  const [scatter, residualPlot, histogram] = await Promise.all([
    draw("predicted-actual", predictedVsActualPlot({ target, actual, predicted })),
    draw("residuals", residualsPlot({ target, predicted, residuals })),
    draw("residual-histogram", residualHistogramPlot({ residuals })),
  ]);
  return html`<div class="plots small">${scatter} ${residualPlot} ${histogram}</div>`;
}

async function classification(input: ReportInput, draw: DrawFigure): Promise<Html> {
  const { score } = input.run;
  if (score === null) return emptyNote("There is no test data, so there are no predictions to show.");
  const classes = input.signature.target.classes ?? score.classReport?.map(({ label }) => label) ?? [];
  const present = (score.classReport ?? []).filter(({ support }) => support > 0);
  const oneClass =
    present.length === 1
      ? emptyNote(`All test rows are of one class, “${present[0]!.label}”, so curves and their areas are undefined.`)
      : null;
  const [matrix, curves] = await Promise.all([
    score.confusionMatrix === null
      ? emptyNote("There is no confusion matrix.")
      : draw("confusion-matrix", confusionMatrixPlot({ classes, matrix: score.confusionMatrix })),
    Promise.all(curveFigures(input, draw)),
  ]);
  return html`${oneClass}
    <div class="plots">${matrix} ${curves} ${classReport(input)}</div>`;
}

function curveFigures(input: ReportInput, draw: DrawFigure): readonly (Html | Promise<Html>)[] {
  const { roc, precisionRecall, positiveShare, calibration, thresholds, gains } = input;
  const curves: readonly (readonly [name: string, id: string, spec: PlotSpec | 0 | null | undefined])[] = [
    ["ROC curve", "roc-curve", roc?.length && rocCurvePlot({ curves: roc })],
    [
      "precision–recall curve",
      "pr-curve",
      precisionRecall?.length && precisionRecallPlot({ curves: precisionRecall, positiveShare }),
    ],
  ];
  const ofTwo: typeof curves = [
    ["calibration", "calibration", calibration?.length && calibrationPlot({ bins: calibration })],
    ["thresholds", "thresholds", thresholds && thresholdsPlot(thresholds)],
    ["cumulative gains", "gains", gains && gainsPlot({ points: gains })],
  ];
  const plots = input.run.task === "binary" ? [...curves, ...ofTwo] : curves;
  const missing = plots.filter(([, , spec]) => !spec).map(([name]) => name);
  const drawn = plots.flatMap(([, id, spec]) => (spec ? [draw(id, spec)] : []));
  if (missing.length === 0) return drawn;
  return [
    ...drawn,
    emptyNote(`Not drawn: ${missing.join(", ")}. These plots need probabilities and rows of every class.`),
  ];
}

function classReport({ run }: ReportInput): Html | null {
  const report = run.score?.classReport;
  if (report === null || report === undefined) return null;
  return dataTable({
    caption: "Metrics by class",
    columns: ["Class", numeric("Precision"), numeric("Recall"), numeric("F1"), numeric("Test rows")],
    rows: report.map(({ label, precision, recall, f1, support }) => ({
      cells: [label, displayNumber(precision), displayNumber(recall), displayNumber(f1), displayNumber(support)],
    })),
  });
}

/** Predictions: curves or residual plots, predictions over time and the segments where they are worst. */
import { calibrationPlot, thresholdsPlot } from "../../plots/calibration.ts";
import { confusionMatrixPlot } from "../../plots/confusionMatrix.ts";
import { displayNumber } from "../../plots/displayNumber.ts";
import { gainsPlot, precisionRecallPlot, rocCurvePlot } from "../../plots/curve.ts";
import { predictedVsActualPlot, residualsPlot } from "../../plots/predictedVsActual.ts";
import type { PlotSpec } from "../../plots/theme.ts";
import { itemTable, numeric } from "../dataTable.ts";
import { html, type Html, emptyNote } from "../html.ts";
import type { DrawFigure } from "../plotFigure.ts";
import type { ReportInput } from "../reportInput.ts";
import { overTimePart, segmentsPart } from "./meanPredictions.ts";

export async function predictionsBody(input: ReportInput, draw: DrawFigure): Promise<Html> {
  const body = input.run.task === "regression" ? await regression(input, draw) : await classification(input, draw);
  return html`${body} ${await overTimePart(input, draw)} ${segmentsPart(input)}`;
}

async function regression({ predictions, signature }: ReportInput, draw: DrawFigure): Promise<Html> {
  if (predictions === null || predictions.actual.length === 0) {
    return emptyNote("There are no test rows with an actual and a predicted value, so there is nothing to plot.");
  }
  const { actual, predicted } = predictions;
  const target = signature.target.name;
  const [scatter, residualPlot] = await Promise.all([
    draw("predicted-actual", predictedVsActualPlot({ target, actual, predicted })),
    draw("residuals", residualsPlot({ target, actual, predicted })),
  ]);
  return html`<div class="plots">${scatter} ${residualPlot}</div>`;
}

async function classification(input: ReportInput, draw: DrawFigure): Promise<Html> {
  const { score } = input.run;
  if (score === null)
    return html`<p class="empty">
      The model was not scored: run <code>mlctl score --model ${input.run.runId}</code> to see its predictions on the
      test rows.
    </p>`;
  const classes = input.signature.target.classes ?? score.classReport?.map(({ label }) => label) ?? [];
  const present = (score.classReport ?? []).filter(({ support }) => support > 0);
  const only = `All test rows are of one class, “${present[0]?.label}”, so curves and their areas are undefined.`;
  const [matrix, curves] = await Promise.all([
    score.confusionMatrix === null
      ? emptyNote("There is no confusion matrix.")
      : draw("confusion-matrix", confusionMatrixPlot({ classes, matrix: score.confusionMatrix })),
    Promise.all(curveFigures(input, draw)),
  ]);
  return html`${present.length === 1 && emptyNote(only)}
    <div class="plots">${matrix} ${curves} ${classReport(input)}</div>`;
}

function curveFigures(input: ReportInput, draw: DrawFigure): readonly (Html | Promise<Html>)[] {
  const { roc, precisionRecall, positiveShare, calibration, thresholds, gains } = input;
  const curves: readonly (readonly [name: string, id: string, spec: PlotSpec | 0 | null | undefined])[] = [
    ["ROC curve", "roc-curve", roc?.length && rocCurvePlot(roc)],
    [
      "precision–recall curve",
      "pr-curve",
      precisionRecall?.length && precisionRecallPlot(precisionRecall, positiveShare),
    ],
  ];
  const ofTwo: typeof curves = [
    ["calibration", "calibration", calibration?.length && calibrationPlot(calibration)],
    ["thresholds", "thresholds", thresholds && thresholdsPlot(thresholds)],
    ["cumulative gains", "gains", gains && gainsPlot(gains)],
  ];
  const plots = input.run.task === "binary" ? [...curves, ...ofTwo] : curves;
  const missing = plots.filter(([, , spec]) => !spec).map(([name]) => name);
  const drawn = plots.flatMap(([, id, spec]) => (spec ? [draw(id, spec)] : []));
  const note = `Not drawn: ${missing.join(", ")}. These plots need probabilities and rows of every class.`;
  return missing.length === 0 ? drawn : [...drawn, emptyNote(note)];
}

function classReport({ run }: ReportInput): Html | null {
  const report = run.score?.classReport;
  if (report === null || report === undefined) return null;
  return itemTable("Metrics by class", report, [
    ["Class", ({ label }) => label],
    [numeric("Precision"), ({ precision }) => displayNumber(precision)],
    [numeric("Recall"), ({ recall }) => displayNumber(recall)],
    [numeric("F1"), ({ f1 }) => displayNumber(f1)],
    [numeric("Test rows"), ({ support }) => displayNumber(support)],
  ]);
}

/** Predictions: curves or residual plots, predictions over time and the segments where they are worst. */
import { calibrationPlot, thresholdsPlot } from "../../plots/calibration.ts";
import { confusionMatrixPlot } from "../../plots/confusionMatrix.ts";
import { countOf, displayNumber } from "../../plots/displayNumber.ts";
import { gainsPlot, precisionRecallPlot, rocCurvePlot } from "../../plots/curve.ts";
import { overTimePlot } from "../../plots/means.ts";
import { predictedVsActualPlot, residualsPlot } from "../../plots/predictedVsActual.ts";
import type { PlotSpec } from "../../plots/theme.ts";
import { itemTable, numeric, html, emptyNote, type Html } from "../html.ts";
import type { DrawFigure } from "../plotFigure.ts";
import type { ReportInput } from "../reportInput.ts";

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

const MOST_SEGMENTS = 8;

function segmentsPart({ weakest, meanClasses, signature }: ReportInput): Html | null {
  if (weakest === null || weakest.compared === 0) return null;
  const { metric, value, rows, testRows, compared, minimum, segments } = weakest;
  const { task, name } = signature.target;
  const sample =
    rows < testRows ? `, on a sample of ${displayNumber(rows)} of ${displayNumber(testRows)} test rows` : "";
  const basis = `${countOf(compared, "segment")} of at least ${minimum} ${compared === 1 ? "was" : "were"} compared${sample}: the values of categories and the quarters of numbers.`;
  const worse = `worse than on all rows (${displayNumber(value)}) by more than two standard errors`;
  if (segments.length === 0)
    return html`<h3>Weakest segments</h3>
      ${emptyNote(`${basis} In none of them ${metric.label} is ${worse}.`)}`;
  const shown = segments.slice(0, MOST_SEGMENTS);
  const more = segments.length > shown.length ? ` The ${shown.length} surest are listed.` : "";
  const byChance = Math.max(1, Math.round(compared * BY_CHANCE));
  const actual = `Actual ${task === "regression" ? name : `share of “${meanClasses[0] ?? ""}”`}`;
  return html`<h3>Weakest segments</h3>
    <p class="note">
      ${basis} In ${displayNumber(segments.length)} of them ${metric.label} is ${worse}; about
      ${displayNumber(byChance)} would be by chance.${more}
    </p>
    ${itemTable(`${metric.label} by segment, ${metric.greaterIsBetter ? "higher" : "lower"} is better`, shown, [
      ["Column", ({ column }) => column],
      ["Value", (each) => each.value],
      [numeric("Rows"), (each) => displayNumber(each.rows)],
      [numeric(metric.label), ({ metricValue }) => displayNumber(metricValue)],
      [
        numeric("Difference"),
        ({ difference }) => html`<span class="bad">${difference > 0 ? "+" : ""}${displayNumber(difference)}</span>`,
      ],
      [numeric("Standard error"), ({ standardError }) => displayNumber(standardError, 2)],
      task !== "multiclass" && [numeric(actual), ({ means }) => displayNumber(means?.[0])],
      task !== "multiclass" && [numeric("Predicted"), ({ means }) => displayNumber(means?.[1])],
    ])}`;
}

/** Share of a normal distribution above two standard errors. */
const BY_CHANCE = 0.023;

async function overTimePart(input: ReportInput, draw: DrawFigure): Promise<Html | null> {
  const { overTime, meanClasses, signature } = input;
  if (overTime === null) return null;
  const isSmall = overTime.outputs.length > 1;
  const figures = overTime.outputs.map((points, i) => {
    const measure = meanClasses[i] === undefined ? signature.target.name : `share of “${meanClasses[i]}”`;
    return draw(`over-time-${i + 1}`, overTimePlot({ measure, unit: overTime.unit, points, isSmall }));
  });
  const drawn = await Promise.all(figures);
  return isSmall ? html`<div class="plots small">${drawn}</div>` : html`${drawn}`;
}

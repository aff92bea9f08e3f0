/** Model: the candidates, feature importance, SHAP values, partial dependence and parameters. */
import type { Run } from "../../core/records/run.ts";
import { candidateLabels, paramRows } from "../../core/text/candidateLabels.ts";
import { selectionLabel } from "../../core/text/recordText.ts";
import { displayNumber } from "../../plots/displayNumber.ts";
import { importancePlot } from "../../plots/namedBars.ts";
import { shapSummaryPlot } from "../../plots/shapSummary.ts";
import { allNumeric, dataTable } from "../dataTable.ts";
import { html, type Html } from "../html.ts";
import type { DrawFigure } from "../plotFigure.ts";
import type { Candidate, ReportInput } from "../reportInput.ts";
import { emptyNote } from "../section.ts";
import { familyName, mainMetric } from "../summary.ts";
import { dependencePart } from "./meanPredictions.ts";

export async function modelBody(input: ReportInput, draw: DrawFigure): Promise<Html> {
  const { importance, importanceMeasure } = input;
  const [importancePart, shap, dependence] = await Promise.all([
    importance.length === 0
      ? emptyNote("This model family has no feature importance, and permutation importance was not computed.")
      : draw("importance", importancePlot({ values: importance, measure: importanceMeasure })),
    Promise.all(input.shap.map((data, i) => draw(`shap-${i + 1}`, shapSummaryPlot(data, input.shap.length > 1)))),
    dependencePart(input, draw),
  ]);
  return html`<div class="plots">${importancePart} ${shap}</div>
    ${shapNote(input)}
    ${
      input.shap.length > 0 &&
      html`<p class="note">
        Importance by SHAP values, as in <code>mlctl explain</code>. <code>mlctl models show</code> lists the model
        family's own importance, which may put the columns in another order.
      </p>`
    }
    ${dependence} ${candidateTable(input)}
    <details>
      <summary>Parameters of ${familyName(input.run.family)}</summary>
      ${parameterTable(input.run)}
    </details>`;
}

/** With many classes, the SHAP values of the first ones are drawn. */
function shapNote({ shap, signature }: ReportInput): Html | null {
  const classes = signature.target.classes?.length ?? 0;
  if (shap.length < 2 || shap.length >= classes) return null;
  return html`<p class="note">SHAP values are shown for the first ${shap.length} of ${classes} classes.</p>`;
}

/** The folds on which the winner was chosen; undefined if it was chosen on the validation rows. */
function foldsOf(candidates: readonly Candidate[]): Candidate["selection"] {
  return candidates.find(({ selection }) => selection !== undefined)?.selection;
}

/** Metrics of the table of candidates, beside the main one. */
const usual = new Set(
  "accuracy precision recall f1 roc_auc log_loss rmse mae r2 mape median_absolute_error".split(" "),
);

function candidateTable(input: ReportInput): Html {
  const { candidates, metrics, metric } = input;
  if (candidates.length === 0) return emptyNote("There is no record of the candidates of this training.");
  const known = metrics.filter(({ name }) => candidates.some((each) => typeof each.metrics[name] === "number"));
  // More columns are wider than the page.
  const shown = [mainMetric(input), ...known.filter(({ name }) => usual.has(name) && name !== metric)].slice(0, 5);
  const best = ranked(candidates);
  const labels = candidateLabels(best, familyName);
  const selection = foldsOf(candidates);
  const onFolds = selection === undefined ? [] : [`${mainMetric(input).label}, ${selectionLabel(selection)}`, "±"];
  return dataTable({
    caption:
      selection === undefined
        ? "Candidates with their metrics on the validation rows"
        : `Candidates, chosen on ${selection.method} folds of the training rows, with their metrics on the validation rows`,
    columns: ["Model", ...allNumeric(...onFolds, ...shown.map(({ label }) => label), "Seconds"), "Outcome"],
    rows: best.map((candidate, i) => {
      const chosen = candidate.runId === input.run.runId;
      const { status, error, selection: judged, seconds } = candidate;
      const outcome = status === "FINISHED" ? (chosen ? "chosen" : "") : (error ?? status);
      const values = shown.map(({ name }) => displayNumber(candidate.metrics[name]));
      const folds = onFolds.map((_, at) => displayNumber(at === 0 ? judged?.value : judged?.standardDeviation));
      return { cells: [labels[i]!, ...folds, ...values, displayNumber(seconds, 2), outcome], marked: chosen };
    }),
  });
}

export function parameterTable({ params }: Pick<Run, "params">, caption = "Parameters"): Html {
  const rows = paramRows(params).map((cells) => ({ cells }));
  if (rows.length === 0) return emptyNote("This family has no parameters.");
  return dataTable({ caption, columns: ["Name", "Value"], rows });
}

const place = ({ status, rank }: Candidate): number => (status === "FINISHED" ? rank : Infinity);

/** By rank; failed candidates come last. */
function ranked(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

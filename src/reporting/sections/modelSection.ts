/** Model: the candidates, feature importance, SHAP values, partial dependence and parameters. */
import type { Run } from "../../core/records/lineage.ts";
import { candidateLabels, paramRows, selectionLabel } from "../../core/text/recordText.ts";
import { displayNumber } from "../../plots/displayNumber.ts";
import { importancePlot } from "../../plots/bars.ts";
import { shapSummaryPlot } from "../../plots/shapSummary.ts";
import { itemTable, numeric, type Column } from "../dataTable.ts";
import { html, type Html, emptyNote } from "../html.ts";
import type { DrawFigure } from "../plotFigure.ts";
import type { Candidate, ReportInput } from "../reportInput.ts";
import { constantAlarm, familyName, mainMetric } from "../summary.ts";
import { dependencePart } from "./meanPredictions.ts";

export async function modelBody(input: ReportInput, draw: DrawFigure): Promise<Html> {
  const { importance, importanceMeasure } = input;
  const classes = input.signature.target.classes?.length ?? 0;
  const [importancePart, shap, dependence] = await Promise.all([
    importance.length === 0
      ? emptyNote("This model family has no feature importance, and permutation importance was not computed.")
      : draw("importance", importancePlot(importance, importanceMeasure)),
    Promise.all(input.shap.map((data, i) => draw(`shap-${i + 1}`, shapSummaryPlot(data, input.shap.length > 1)))),
    dependencePart(input, draw),
  ]);
  return html`<div class="plots">${importancePart} ${shap}</div>
    ${
      // With many classes, the SHAP values of the first ones are drawn.
      input.shap.length > 1 &&
      input.shap.length < classes &&
      html`<p class="note">SHAP values are shown for the first ${input.shap.length} of ${classes} classes.</p>`
    }
    ${
      input.shap.length > 0 &&
      html`<p class="note">
        Importance by SHAP values${sampleText(input)}, as in <code>mlctl explain</code>.
        <code>mlctl models show</code> lists the model family's own importance, which may put the columns in another
        order.
      </p>`
    }
    ${dependence} ${candidateTable(input)}
    <details>
      <summary>Parameters of ${familyName(input.run.family)}</summary>
      ${parameterTable(input.run)}
    </details>`;
}

/** " of 500 of the 747 test rows"; empty if all were taken. */
function sampleText({ run, shap }: ReportInput): string {
  const [rows, taken] = [run.score?.rows ?? 0, shap[0]?.features[0]?.contributions.length ?? 0];
  return taken < rows ? ` of ${displayNumber(taken)} of the ${displayNumber(rows)} test rows` : "";
}

/** Metrics of the table of candidates, beside the main one. */
const usual = new Set(
  "accuracy precision recall f1 roc_auc log_loss rmse mae r2 mape median_absolute_error".split(" "),
);

/** @param nameOf what the first cell of a row has in place of the model's name, of which it gets */
export function candidateTable<T extends Candidate>(
  input: Pick<ReportInput, "metrics" | "metric" | "run"> & { readonly candidates: readonly T[] },
  nameOf: (candidate: T, label: string) => Html | string = (_, label) => label,
): Html {
  const { candidates, metrics, metric, run } = input;
  if (candidates.length === 0) return emptyNote("There is no record of the candidates of this training.");
  const known = metrics.filter(({ name }) => candidates.some((each) => typeof each.metrics[name] === "number"));
  // More columns are wider than the page.
  const shown = [mainMetric(input), ...known.filter(({ name }) => usual.has(name) && name !== metric)].slice(0, 5);
  // By rank; failed candidates come last.
  const place = ({ status, rank }: T): number => (status === "FINISHED" ? rank : Infinity);
  const best = candidates.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
  // The folds on which the winner was chosen; undefined if it was chosen on the validation rows.
  const selection = candidates.find((each) => each.selection !== undefined)?.selection;
  const chosenOn = selection === undefined ? "" : `, chosen on ${selection.method} folds of the training rows,`;
  const isMarked = ({ runId }: Candidate): boolean => runId === run.runId;
  const rows = candidateLabels(best, familyName).map((label, i) => {
    const each = best[i]!;
    // The table of metrics has a baseline whose threshold is not tuned.
    const alarm = each.family === "baseline" ? constantAlarm(each.metrics) : "";
    return { ...each, label: alarm === "" ? label : `${label}: ${alarm}` };
  });
  return itemTable({ caption: `Candidates${chosenOn} with their metrics on the validation rows`, isMarked }, rows, [
    ["Model", (each) => nameOf(each, each.label)],
    selection !== undefined && [
      numeric(`${mainMetric(input).label}, ${selectionLabel(selection)}`),
      (each) => displayNumber(each.selection?.value),
    ],
    selection !== undefined && [numeric("±"), (each) => displayNumber(each.selection?.standardDeviation)],
    ...shown.map(({ name, label }): Column<T> => [numeric(label), (each) => displayNumber(each.metrics[name])]),
    [numeric("Seconds"), ({ seconds }) => displayNumber(seconds, 2)],
    [
      "Outcome",
      (each) => (each.status === "FINISHED" ? isMarked(each) && "chosen" : (each.error ?? each.status)) || "",
    ],
  ]);
}

export function parameterTable({ params }: Pick<Run, "params">, caption = "Parameters"): Html {
  const rows = paramRows(params);
  if (rows.length === 0) return emptyNote("This family has no parameters.");
  return itemTable(caption, rows, [
    ["Name", ([name]) => name],
    ["Value", ([, value]) => value],
  ]);
}

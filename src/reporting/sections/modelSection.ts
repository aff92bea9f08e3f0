/** Model: the candidates, feature importance, SHAP values, partial dependence and parameters. */
import type { Run } from "../../core/records/lineage.ts";
import { candidateLabels, paramRows, selectionLabel } from "../../core/text/recordText.ts";
import { domainOf } from "../../plots/axes.ts";
import { importancePlot } from "../../plots/bars.ts";
import { countOf, displayNumber } from "../../plots/displayNumber.ts";
import { partialDependencePlot } from "../../plots/means.ts";
import { shapSummaryPlot } from "../../plots/shapSummary.ts";
import { series } from "../../plots/theme.ts";
import { itemTable, numeric, html, emptyNote, type Column, type Html } from "../html.ts";
import type { DrawFigure } from "../plotFigure.ts";
import type { Candidate, ReportInput } from "../reportInput.ts";
import { constantAlarm, familyName, mainMetric } from "../summary.ts";

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

async function dependencePart(input: ReportInput, draw: DrawFigure): Promise<Html | null> {
  const { dependence, signature } = input;
  if (dependence === null) return null;
  const { columns, rows } = dependence;
  const isNumber = signature.target.task === "regression";
  const outputs = outputsOf(input);
  const measure = isNumber ? "Mean prediction" : "Mean probability";
  const of = isNumber ? ` of ${signature.target.name}` : outputs.length === 1 ? ` of “${outputs[0]!.label}”` : "";
  const domain = domainOf(...columns.flatMap(({ means }) => means));
  const figures = columns.map((column, i) =>
    draw(`dependence-${i + 1}`, partialDependencePlot({ ...column, outputs, measure, domain })),
  );
  return html`<h3>Partial dependence</h3>
    <p class="note">
      ${measure}${of} over ${countOf(rows, "test row")} if all of them had the same value in one column and kept the
      others. All plots have the same scale. Points on a line are quantiles of the column, or all of its values. Of
      columns that depend on each other, some combinations may never occur.
    </p>
    <div class="plots small">${await Promise.all(figures)}</div>`;
}

/** With the colours of the classes in the curves. */
function outputsOf({ meanClasses, roc, signature }: ReportInput): { label: string; colour: number }[] {
  if (meanClasses.length < 2) return [{ label: meanClasses[0] ?? signature.target.name, colour: 0 }];
  const colourOf = new Map((roc ?? []).map(({ label, colour }) => [label, colour ?? -1]));
  // Of many classes only the hardest have a colour, the first half of the palette.
  return meanClasses.map((label, i) => {
    const colour = colourOf.get(label) ?? -1;
    return { label, colour: colour >= 0 ? colour : series.length / 2 + i };
  });
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

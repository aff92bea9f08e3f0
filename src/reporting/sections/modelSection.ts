/** The model: the candidates it was chosen from, what it leans on, and its parameters. */
import { selectionLabel } from "../../core/text/selectionLabel.ts";
import { figure } from "../../plots/figures.ts";
import { importancePlot } from "../../plots/importance.ts";
import { leaderboardPlot } from "../../plots/leaderboard.ts";
import { shapSummaryPlot } from "../../plots/shapSummary.ts";
import { dataTable } from "../dataTable.ts";
import { html } from "../html.ts";
import type { Html } from "../html.ts";
import type { DrawFigure } from "../plotFigure.ts";
import type { Candidate, ReportInput } from "../reportInput.ts";
import { emptyNote, section } from "../section.ts";
import { familyName, mainMetric } from "../summary.ts";

export async function modelSection(input: ReportInput, draw: DrawFigure): Promise<Html> {
  const { importance, importanceMeasure } = input;
  const [leaders, importancePart, shap] = await Promise.all([
    leaderboard(input, draw),
    importance.length === 0
      ? emptyNote("This family of models has no importance, and none was measured by shuffling columns.")
      : draw("importance", importancePlot({ values: importance, measure: importanceMeasure })),
    shapPlots(input, draw),
  ]);
  return section(
    "model",
    "Model",
    html`<div class="plots">${leaders} ${importancePart} ${shap}</div>
      ${candidateTable(input)} ${parameters(input)}`,
  );
}

function shapPlots({ shap }: ReportInput, draw: DrawFigure): Promise<Html[]> {
  return Promise.all(shap.map((data, i) => draw(`shap-${i + 1}`, shapSummaryPlot(data))));
}

async function leaderboard(input: ReportInput, draw: DrawFigure): Promise<Html> {
  const { candidates, metric } = input;
  if (candidates.length === 0) return emptyNote("The candidates of this training are not on record.");
  if (candidates.length === 1) return emptyNote("One candidate was trained: there was nothing to choose from.");
  const { label, greaterIsBetter } = mainMetric(input);
  const rows = ranked(candidates).map((candidate) => ({
    label: nameOf(candidate, candidates),
    value: candidate.selection === undefined ? (candidate.metrics[metric] ?? null) : candidate.selection.value,
    chosen: candidate.runId === input.run.runId,
  }));
  if (rows.every(({ value }) => value === null)) return emptyNote(`${label} is undefined for every candidate.`);
  const selection = foldsOf(candidates);
  const judgedOn =
    selection === undefined
      ? {}
      : { judgedOn: selection.aggregate === "mean" ? `${selection.folds} folds (mean)` : selectionLabel(selection) };
  return draw("leaderboard", leaderboardPlot({ metric: label, greaterIsBetter, ...judgedOn, candidates: rows }));
}

/** How the winner was chosen; undefined where the validation rows did it. */
function foldsOf(candidates: readonly Candidate[]): Candidate["selection"] {
  return candidates.find(({ selection }) => selection !== undefined)?.selection;
}

function candidateTable(input: ReportInput): Html | null {
  const { candidates, metrics } = input;
  if (candidates.length === 0) return null;
  const shown = metrics.filter(({ name }) =>
    candidates.some((candidate) => typeof candidate.metrics[name] === "number"),
  );
  const selection = foldsOf(candidates);
  const onFolds = selection === undefined ? [] : [`${mainMetric(input).label}, ${selectionLabel(selection)}`, "±"];
  return dataTable({
    caption:
      selection === undefined
        ? "Candidates with their metrics on the validation rows"
        : `Candidates, chosen on ${selection.method} folds of the training rows, with their metrics on the validation rows`,
    columns: [
      { title: "Family" },
      { title: "Features" },
      ...onFolds.map((title) => ({ title, numeric: true })),
      ...shown.map(({ label }) => ({ title: label, numeric: true })),
      { title: "Seconds", numeric: true },
      { title: "Outcome" },
    ],
    rows: ranked(candidates).map((candidate) => {
      const chosen = candidate.runId === input.run.runId;
      const outcome =
        candidate.status === "FINISHED" ? (chosen ? "chosen" : "") : (candidate.error ?? candidate.status);
      const figures = shown.map(({ name }) => figure(candidate.metrics[name]));
      const cells = [
        familyName(candidate.family),
        candidate.featureSet,
        ...onFolds.map((_, i) => figure(i === 0 ? candidate.selection?.value : candidate.selection?.standardDeviation)),
        ...figures,
        figure(candidate.seconds, 2),
        outcome,
      ];
      return { cells, marked: chosen };
    }),
  });
}

function parameters({ run }: ReportInput): Html {
  const rows = Object.entries(run.params).map(([name, value]) => ({
    cells: [name, typeof value === "string" ? value : JSON.stringify(value)],
  }));
  return html`<details>
    <summary>Parameters of ${familyName(run.family)}</summary>
    ${
      rows.length === 0
        ? emptyNote("This family has no parameters.")
        : dataTable({ caption: "Parameters", columns: [{ title: "Name" }, { title: "Value" }], rows })
    }
  </details>`;
}

/** Failed candidates have no rank worth showing: they come last. */
function ranked(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
}

function place({ status, rank }: Candidate): number {
  return status === "FINISHED" ? rank : Infinity;
}

/** The feature set is told where it differs. */
function nameOf(candidate: Candidate, all: readonly Candidate[]): string {
  const alike = all.every(({ featureSet }) => featureSet === candidate.featureSet);
  return alike ? familyName(candidate.family) : `${familyName(candidate.family)} · ${candidate.featureSet}`;
}

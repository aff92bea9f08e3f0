/** Curves of several runs in one plot, and the importance of their input columns side by side. */
import type { Run, ScoreCurves } from "../../core/records/run.ts";
import { displayNumber, percent } from "../../plots/displayNumber.ts";
import type { Curve } from "../../plots/curve.ts";
import { plots } from "../../plots/index.ts";
import { html, type Html } from "../../reporting/html.ts";
import { familyName } from "../../reporting/summary.ts";
import { importanceByColumn, importanceLabel } from "../../lifecycle/settings.ts";
import { letters } from "./compareData.ts";
import { shareBar, itemTable } from "./frame/parts.ts";
import type { PageRequest } from "./frame/page.ts";
import { recordedModel } from "./lookups.ts";

const MAX_COLUMNS = 15;

export async function compareCurves(request: PageRequest, runs: readonly Run[]): Promise<Html> {
  return html`${await curvesOf(request, runs)} ${importances(request, runs)}`;
}

async function curvesOf({ draw }: PageRequest, runs: readonly Run[]): Promise<Html> {
  const drawn = [...runs.entries()].flatMap(([i, { score }]) =>
    score?.curves === undefined ? [] : [{ i, score, curves: score.curves }],
  );
  const without = runs.flatMap(({ score }, i) => (score?.curves === undefined ? [letters[i]!] : []));
  const note =
    runs[0]!.task === "binary" &&
    without.length > 0 &&
    html`<p class="note">
      No curves of ${without.join(", ")}: they are recorded by <code>mlctl score --model RUN</code>, for runs with a
      model file.
    </p>`;
  if (drawn.length === 0) return html`${note}`;
  const lines = (points: keyof ScoreCurves, metric: string): Curve[] =>
    drawn.map(({ i, score, curves: own }) => ({
      label: `${letters[i]!} ${familyName(runs[i]!.family)}`,
      points: own[points],
      area: score.metrics[metric] ?? null,
      colour: i,
    }));
  const { roc, pr } = { roc: lines("roc", "roc_auc"), pr: lines("precisionRecall", "average_precision") };
  const [first] = drawn;
  const positiveShare = first!.curves.precisionRecall.at(-1)?.[1] ?? null;
  const specs = [
    ["roc", { ...plots.rocCurve({ curves: roc }), description: `Area under the curve: ${byArea(roc)}.` }],
    [
      "pr",
      { ...plots.precisionRecall({ curves: pr, positiveShare }), description: `Average precision: ${byArea(pr)}.` },
    ],
  ] as const;
  return html`<div class="plots">${await Promise.all(specs.map(([id, spec]) => draw(id, spec)))}</div>
    ${note}`;
}

function byArea(curves: readonly Curve[]): string {
  const ranked = curves.toSorted((a, b) => (b.area ?? 0) - (a.area ?? 0));
  return ranked.map(({ label, area }) => `${label} ${displayNumber(area)}`).join(", ");
}

/** As shares of each run's sum, because families measure importance in different units. */
function importances(request: PageRequest, runs: readonly Run[]): Html | null {
  const shares = runs.map((run) => {
    const model = recordedModel(request, run);
    const values = model === null ? [] : importanceByColumn(model);
    const total = values.reduce((sum, [, value]) => sum + Math.max(0, value), 0);
    return new Map(total > 0 ? values.map(([name, value]) => [name, Math.max(0, value) / total]) : []);
  });
  const places = [...runs.keys()].filter((i) => shares[i]!.size > 0);
  if (places.length === 0) return null;
  const all = [...new Set(places.flatMap((i) => [...shares[i]!.keys()]))];
  const largest = (name: string): number => Math.max(...places.map((i) => shares[i]!.get(name) ?? 0));
  const most = Math.max(...all.map(largest));
  const rows = all.toSorted((a, b) => largest(b) - largest(a));
  const measures = places.map((i) => `${letters[i]!}: ${importanceLabel(runs[i]!.family)}`);
  return html`${itemTable("Importance by input column, as a share of the sum", rows.slice(0, MAX_COLUMNS), [
      ["Column", (name) => name],
      ...places.map(
        (i) =>
          [
            letters[i]!,
            (name: string) =>
              html`<span class="bar-cell"
                >${shareBar((shares[i]!.get(name) ?? 0) / most, i)} ${percent(shares[i]!.get(name) ?? 0)}</span
              >`,
          ] as const,
      ),
    ])}
    <p class="note">
      ${measures.join("; ")}.${rows.length > MAX_COLUMNS && ` The ${MAX_COLUMNS} largest of ${displayNumber(rows.length)} columns.`}
    </p>`;
}

/** What a comparison of runs shows of their curves, the importance of their input columns, their data and inputs. */
import type { Run, ScoreCurves } from "../../core/records/lineage.ts";
import { displayNumber } from "../../plots/displayNumber.ts";
import { type Curve, precisionRecallPlot, rocCurvePlot } from "../../plots/curve.ts";
import { itemTable, html, type Html } from "../../reporting/html.ts";
import { familyName } from "../../reporting/summary.ts";
import { importanceByColumn, importanceLabel } from "../../lifecycle/settings.ts";
import type { PageRequest } from "./frame/page.ts";
import { barCell, shareBar } from "./frame/parts.ts";
import { recordedModel } from "./lookups.ts";

export const letters = ["A", "B", "C", "D", "E", "F"] as const;

export interface Compared {
  readonly name: string;
  readonly values: readonly string[];
  readonly differs: boolean;
}

/** One row for each name that one of the sides has. */
export function compareSides(sides: readonly ReadonlyMap<string, string>[]): Compared[] {
  const names = new Set(sides.flatMap((side) => [...side.keys()]));
  return [...names].map((name) => {
    const values = sides.map((side) => side.get(name) ?? "–");
    return { name, values, differs: new Set(values).size > 1 };
  });
}

/** One column for each run; marks what differs, unless the table has nothing else. @param places of the runs */
export function sideBySide(
  caption: string,
  rows: readonly Compared[],
  heading: string,
  places: readonly number[],
): Html {
  const all = rows.every(({ differs }) => differs);
  return itemTable({ caption, isMarked: ({ differs }) => differs && !all }, rows, [
    [heading, ({ name }) => name],
    ...places.map((place, i) => [letters[place]!, ({ values }: Compared) => values[i]!] as const),
    !all && ["Same?", ({ differs }) => (differs ? "differs" : "")],
  ]);
}

export function compareData({ session }: PageRequest, runs: readonly Run[]): Html {
  const sides = runs.map((run) => {
    const dataset = session.store.dataset(run.datasetId);
    const facts = {
      Dataset: run.datasetId,
      sha256: `${run.datasetSha256.slice(0, 12)}…`,
      Rows: displayNumber(dataset?.rows),
      Columns: displayNumber(dataset?.columns.length),
      Files: displayNumber(dataset?.files.length),
      "Training rows": displayNumber(run.trainingRows),
      "Validation rows": displayNumber(run.validationRows),
      "Feature set": run.featureSet,
    };
    return new Map(Object.entries(facts));
  });
  return sideBySide("Data of the runs", compareSides(sides), "Fact", [...runs.keys()]);
}

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
    ["roc", { ...rocCurvePlot(roc), description: `Area under the curve: ${byArea(roc)}.` }],
    ["pr", { ...precisionRecallPlot(pr, positiveShare), description: `Average precision: ${byArea(pr)}.` }],
  ] as const;
  return html`<div class="plots">${await Promise.all(specs.map(([id, spec]) => draw(id, spec)))}</div>
    <p class="note">The curves are of the test rows.</p>
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
      ...places.map((i) => {
        const shareOf = (name: string): number => shares[i]!.get(name) ?? 0;
        return [letters[i]!, (name: string) => barCell(shareOf(name), shareBar(shareOf(name) / most, i))] as const;
      }),
    ])}
    <p class="note">
      ${measures.join("; ")}.${rows.length > MAX_COLUMNS && ` The ${MAX_COLUMNS} largest of ${displayNumber(rows.length)} columns.`}
    </p>`;
}

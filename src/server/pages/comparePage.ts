/** /ui/compare: runs side by side, from their records; nothing is trained or scored again. */
import { affectsTraining } from "../../config/configSha256.ts";
import { leaves } from "../../config/jsonPath.ts";
import type { Json } from "../../core/json.ts";
import type { Run, ScoreCurves } from "../../core/records/lineage.ts";
import { type Curve, precisionRecallPlot, rocCurvePlot } from "../../plots/curve.ts";
import { displayInterval, displayNumber, percent, dateTime } from "../../plots/displayNumber.ts";
import { numeric, itemTable, html, emptyNote, section, type Column, type Html } from "../../reporting/html.ts";
import { familyName } from "../../reporting/summary.ts";
import { importanceByColumn, importanceLabel, metricLabel } from "../../lifecycle/settings.ts";
import { hashesOf } from "../../lifecycle/testData.ts";
import { HttpProblem } from "../http/problem.ts";
import { runName, paramText, shareBar } from "./frame/parts.ts";
import { pageAddress, type Page, type PageRequest } from "./frame/page.ts";
import { recordedModel, runNamed } from "./lookups.ts";

export const letters = ["A", "B", "C", "D", "E", "F"] as const;

export async function comparePage(request: PageRequest): Promise<Page> {
  const references = [...new Set(request.query.getAll("run").filter((reference) => reference !== ""))];
  if (references.length < 2 || references.length > letters.length) {
    throw new HttpProblem("bad-request", `select two to ${letters.length} runs to compare, not ${references.length}`, {
      hint: "select them on the page Runs",
    });
  }
  const runs = references.map((reference) => runNamed(request.session, reference));
  return {
    title: `${runs.length === 2 ? "Two" : runs.length} runs compared`,
    area: "runs",
    body: html`<p class="crumbs"><a href="${pageAddress("runs")}">Runs</a></p>
      ${section("about", "Runs", about(runs))} ${section("metrics", "Metrics", metrics(request, runs))}
      ${section("curves", "Curves and importance", html`${await curves(request, runs)} ${importances(request, runs)}`)}
      ${section("differences", "Differences", differences(request, runs))}`,
  };
}

/** A column for each of the runs at these places. */
function byRun<Item>(
  places: readonly number[],
  cell: (item: Item, place: number) => ReturnType<Column<Item>[1]>,
  heading: (title: string) => Column<Item>[0] = (title) => title,
): Column<Item>[] {
  return places.map((place) => [heading(letters[place]!), (item) => cell(item, place)]);
}

function about(runs: readonly Run[]): Html {
  return itemTable(
    "The runs compared",
    [...runs.entries()],
    [
      ["Name", ([i]) => html`<span class="key k${i}">${letters[i]!}</span>`],
      ["Run", ([, run]) => runName(run)],
      ["Family", ([, { family, engine }]) => `${familyName(family)}${engine === undefined ? "" : ` (${engine})`}`],
      ["Trained", ([, { createdAt }]) => dateTime(createdAt)],
      [numeric("Rank"), ([, { rank }]) => String(rank)],
      [numeric("Seconds"), ([, { seconds }]) => displayNumber(seconds, 2)],
    ],
  );
}

function metrics({ session }: PageRequest, runs: readonly Run[]): Html {
  const isTest = runs.every(({ score }) => score !== null);
  const of = (run: Run): Readonly<Record<string, number | null>> => (isTest ? run.score!.metrics : run.metrics);
  const names = [...new Set(runs.flatMap((run) => Object.keys(of(run))))];
  const sameRows = !isTest || new Set(runs.map(({ score }) => hashesOf(score?.testFiles))).size === 1;
  const cell = (name: string, place: number): Html => {
    const interval = isTest && runs[place]!.score!.intervals[name];
    return html`${displayNumber(of(runs[place]!)[name])}${interval && html`<br /><small>${displayInterval(interval)}</small>`}`;
  };
  const caption = isTest
    ? "On the test rows, with 95 % intervals"
    : "On the validation rows, because not all of the runs were scored on test data";
  const [a, b] = runs as [Run, Run];
  return html`${itemTable({ caption, isMarked: (name) => runs.some(({ metric }) => metric === name) }, names, [
      ["Metric", (name) => metricLabel(session.config, name, a.task).label],
      ...byRun([...runs.keys()], cell, numeric),
    ])}
    ${!sameRows && html`<p class="warning">The runs were scored on different test rows: their metrics are not comparable.</p>`}
    <p class="note">
      To test whether a difference is significant, use <code>mlctl runs diff ${a.runId} ${b.runId}</code>, which
      computes paired intervals on the rows. <code>mlctl why</code> shows what causes the difference.
    </p>`;
}

function named(kind: string, values: Json) {
  return leaves(values)
    .filter(({ path }) => path.length > 0)
    .map(({ path, value }) => ({ path, name: `${kind} ${path.join(".")}`, text: paramText(value) }));
}

/** What the runs were made of: the data, parameters, and settings of training. */
function differences({ session }: PageRequest, runs: readonly Run[]): Html {
  const sides = runs.map((run) => {
    const dataset = session.store.dataset(run.datasetId);
    const settings = named("Setting", run.config).filter(({ path }) => affectsTraining(path));
    return new Map([
      ["Dataset", run.datasetId],
      ["sha256 of the dataset", `${run.datasetSha256.slice(0, 12)}…`],
      ["Rows", displayNumber(dataset?.rows)],
      ["Columns", displayNumber(dataset?.columns.length)],
      ["Files", displayNumber(dataset?.files.length)],
      ["Training rows", displayNumber(run.trainingRows)],
      ["Validation rows", displayNumber(run.validationRows)],
      ["Feature set", run.featureSet],
      ["Seed", String(run.seed)],
      ["mlctl", run.codeVersion],
      ...[...named("Parameter", run.params), ...settings].map(({ name, text }) => [name, text] as const),
    ]);
  });
  const names = [...new Set(sides.flatMap((side) => [...side.keys()]))];
  const { true: same = [], false: differing = [] } = Object.groupBy(names, (name) =>
    String(new Set(sides.map((side) => side.get(name))).size === 1),
  );
  const table = (caption: string, shown: readonly string[]): Html =>
    itemTable(caption, shown, [
      ["Name", (name) => name],
      ...byRun<string>([...runs.keys()], (name, place) => sides[place]!.get(name) ?? "–"),
    ]);
  return html`${differing.length === 0 ? emptyNote("The runs have the same data, parameters and settings of training.") : table("Data, parameters and settings of training that differ", differing)}
    <details>
      <summary>${same.length} are the same</summary>
      ${table("Data, parameters and settings of training that are the same", same)}
    </details>`;
}

async function curves({ draw }: PageRequest, runs: readonly Run[]): Promise<Html> {
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
  const [first] = drawn;
  if (first === undefined) return html`${note}`;
  const lines = (points: keyof ScoreCurves, metric: string): Curve[] =>
    drawn.map(({ i, score, curves: own }) => ({
      label: `${letters[i]!} ${familyName(runs[i]!.family)}`,
      points: own[points],
      area: score.metrics[metric] ?? null,
      colour: i,
    }));
  const { roc, pr } = { roc: lines("roc", "roc_auc"), pr: lines("precisionRecall", "average_precision") };
  const positiveShare = first.curves.precisionRecall.at(-1)?.[1] ?? null;
  const specs = [
    ["roc", { ...rocCurvePlot(roc), description: `Area under the curve: ${byArea(roc)}.` }],
    ["pr", { ...precisionRecallPlot(pr, positiveShare), description: `Average precision: ${byArea(pr)}.` }],
  ] as const;
  return html`<div class="plots">${await Promise.all(specs.map(([id, spec]) => draw(id, spec)))}</div>
    <p class="note">The curves are of the test rows.</p>
    ${note}`;
}

function byArea(all: readonly Curve[]): string {
  const ranked = all.toSorted((a, b) => (b.area ?? 0) - (a.area ?? 0));
  return ranked.map(({ label, area }) => `${label} ${displayNumber(area)}`).join(", ");
}

const MAX_COLUMNS = 15;

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
  const shareOf = (name: string, place: number): number => shares[place]!.get(name) ?? 0;
  const largest = (name: string): number => Math.max(...places.map((place) => shareOf(name, place)));
  const all = [...new Set(places.flatMap((i) => [...shares[i]!.keys()]))];
  const rows = all.toSorted((a, b) => largest(b) - largest(a));
  const bar = (name: string, place: number): Html =>
    html`<span class="bar-cell"
      >${shareBar(shareOf(name, place) / largest(rows[0]!), place)} ${percent(shareOf(name, place))}</span
    >`;
  const measures = places.map((i) => `${letters[i]!}: ${importanceLabel(runs[i]!.family)}`);
  return html`${itemTable("Importance by input column, as a share of the sum", rows.slice(0, MAX_COLUMNS), [
      ["Column", (name) => name],
      ...byRun(places, bar),
    ])}
    <p class="note">
      ${measures.join("; ")}.${rows.length > MAX_COLUMNS && ` The ${MAX_COLUMNS} largest of ${displayNumber(rows.length)} columns.`}
    </p>`;
}

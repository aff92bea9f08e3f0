/** /ui/compare: runs side by side, from their records; nothing is trained or scored again. */
import { affectsTraining } from "../../config/configSha256.ts";
import { leaves } from "../../config/jsonPath.ts";
import type { Json } from "../../core/json.ts";
import type { Run } from "../../core/records/lineage.ts";
import { displayInterval, displayNumber, dateTime } from "../../plots/displayNumber.ts";
import { numeric, itemTable, html, type Html, emptyNote, section } from "../../reporting/html.ts";
import { parameterTable } from "../../reporting/sections/modelSection.ts";
import { familyName } from "../../reporting/summary.ts";
import { metricLabel } from "../../lifecycle/settings.ts";
import { hashesOf } from "../../lifecycle/testData.ts";
import { HttpProblem } from "../http/problem.ts";
import { compareCurves, compareData, compareSides, letters, sideBySide, type Compared } from "./compareData.ts";
import { runName, paramText } from "./frame/parts.ts";
import { pageAddress, type Page, type PageRequest } from "./frame/page.ts";
import { runNamed } from "./lookups.ts";

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
      ${section("curves", "Curves and importance", await compareCurves(request, runs))}
      ${section("params", "Parameters", parameters(runs))}
      ${section("data", "Data and features", compareData(request, runs))}
      ${section("settings", "Settings", settings(runs))}`,
  };
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
      [numeric("Seed"), ([, { seed }]) => String(seed)],
      ["mlctl", ([, { codeVersion }]) => codeVersion],
    ],
  );
}

function metrics({ session }: PageRequest, runs: readonly Run[]): Html {
  const isTest = runs.every(({ score }) => score !== null);
  const of = (run: Run): Readonly<Record<string, number | null>> => (isTest ? run.score!.metrics : run.metrics);
  const names = [...new Set(runs.flatMap((run) => Object.keys(of(run))))];
  const rows = names.map((name) => ({
    metric: metricLabel(session.config, name, runs[0]!.task),
    values: runs.map((run) => of(run)[name] ?? null),
    intervals: runs.map((run) => (isTest ? run.score!.intervals[name] : null)),
  }));
  const sameRows = !isTest || new Set(runs.map(({ score }) => hashesOf(score?.testFiles))).size === 1;
  const [a, b] = runs as [Run, Run];
  return html`${itemTable(
      {
        caption: isTest
          ? "On the test rows, with 95 % intervals"
          : "On the validation rows, because not all of the runs were scored on test data",
        isMarked: ({ metric }) => runs.some((run) => run.metric === metric.name),
      },
      rows,
      [
        ["Metric", ({ metric }) => metric.label],
        ...runs.map(
          (_, i) =>
            [
              numeric(letters[i]!),
              ({ values, intervals }: (typeof rows)[number]) =>
                html`${displayNumber(values[i])}${intervals[i] && html`<br /><small>${displayInterval(intervals[i])}</small>`}`,
            ] as const,
        ),
      ],
    )}
    ${!sameRows && html`<p class="warning">The runs were scored on different test rows: their metrics are not comparable.</p>`}
    <p class="note">
      To test whether a difference is significant, use <code>mlctl runs diff ${a.runId} ${b.runId}</code>, which
      computes paired intervals on the rows. <code>mlctl why</code> shows what causes the difference.
    </p>`;
}

/** Families have parameters of their own, so only runs of one family are put side by side. */
function parameters(runs: readonly Run[]): Html {
  const families = Map.groupBy(runs.keys(), (i) => runs[i]!.family);
  return html`${[...families].map(([family, places]) => {
    const name = familyName(family);
    const own = places.map((i) => runs[i]!);
    if (places.length === 1) return parameterTable(own[0]!, `${letters[places[0]!]}: ${name}`);
    const rows = compared(own.map(({ params }) => params));
    const differing = rows.filter(({ differs }) => differs);
    const rest = rows.filter(({ differs }) => !differs);
    const table = (caption: string, shown: readonly Compared[]): Html => sideBySide(caption, shown, "Name", places);
    return html`${differing.length === 0 ? html`<p>The ${name} runs have the same parameters.</p>` : table(`${name}: parameters that differ`, differing)}
    ${
      rest.length > 0 &&
      html`<details>
        <summary>${rest.length} parameters of ${name} are the same</summary>
        ${table(`${name}: parameters that are the same`, rest)}
      </details>`
    }`;
  })}`;
}

function settings(runs: readonly Run[]): Html {
  const differing = compared(runs.map(({ config }) => config)).filter(
    ({ name, differs }) => differs && affectsTraining(name.split(".")),
  );
  if (differing.length === 0) return emptyNote("The runs have the same settings of training.");
  return sideBySide("Settings of training that differ", differing, "Setting", [...runs.keys()]);
}

function compared(objects: readonly Json[]): Compared[] {
  return compareSides(
    objects.map((each) => new Map(leaves(each).map(({ path, value }) => [path.join("."), paramText(value)]))),
  );
}

/** /ui/compare: two runs side by side, from their records; nothing is trained or scored again. */
import { leaves } from "../../config/jsonPath.ts";
import type { Json } from "../../core/json.ts";
import type { Run } from "../../core/records/run.ts";
import { displayInterval, displayNumber } from "../../plots/displayNumber.ts";
import { numeric } from "../../reporting/dataTable.ts";
import { dateTime } from "../../reporting/dateTime.ts";
import { html, type Html } from "../../reporting/html.ts";
import { emptyNote, section } from "../../reporting/section.ts";
import type { MetricLabel } from "../../reporting/reportInput.ts";
import { covers, familyName } from "../../reporting/summary.ts";
import { metricLabel } from "../../lifecycle/settings.ts";
import { HttpProblem } from "../http/problem.ts";
import { compareData, compareFeatures, sideBySide } from "./compareData.ts";
import { itemTable } from "./frame/itemTable.ts";
import type { Page, PageRequest } from "./frame/page.ts";
import { pageAddress } from "./frame/pageAddress.ts";
import { runLink } from "./frame/parts.ts";
import { runNamed } from "./lookups.ts";

export function comparePage(request: PageRequest): Page {
  const references = request.query.getAll("run").filter((reference) => reference !== "");
  if (references.length !== 2) {
    throw new HttpProblem("bad-request", `select exactly two runs to compare, not ${references.length}`, {
      hint: "select two runs on the page Runs",
    });
  }
  const [a, b] = references.map((reference) => runNamed(request.session, reference)) as [Run, Run];
  const sides = [a, b].map(({ datasetId }) => request.session.store.dataset(datasetId));
  return {
    title: "Two runs compared",
    area: "runs",
    body: html`<p class="crumbs"><a href="${pageAddress("runs")}">Runs</a></p>
      ${section("about", "Runs", html`${about(a, b)}${a.runId === b.runId && html`<p class="warning">Both are the same run.</p>`}`)}
      ${section("metrics", "Metrics", metrics(request, a, b))}
      ${section("params", "Parameters", values("Parameters", leavesOf(a.params), leavesOf(b.params)))}
      ${section("data", "Data", compareData([a, b], sides))}
      ${section("features", "Features", compareFeatures(request, a, b))}
      ${section("settings", "Settings", values("Settings that differ", leavesOf(a.config), leavesOf(b.config), true))}`,
  };
}

function about(a: Run, b: Run): Html {
  const facts: readonly (readonly [string, (run: Run) => Html | string])[] = [
    ["Run", ({ runId, modelVersion }) => runLink(runId, modelVersion)],
    ["Family", ({ family, engine }) => `${familyName(family)}${engine === undefined ? "" : ` (${engine})`}`],
    ["Trained", ({ createdAt }) => dateTime(createdAt)],
    ["Rank in its training", ({ rank }) => String(rank)],
    ["Seconds", ({ seconds }) => displayNumber(seconds, 2)],
    ["Seed", ({ seed }) => String(seed)],
    ["mlctl", ({ codeVersion }) => codeVersion],
  ];
  return itemTable("The two runs", facts, [
    ["", ([name]) => name],
    ["A", ([, of]) => of(a)],
    ["B", ([, of]) => of(b)],
  ]);
}

function metrics({ session }: PageRequest, a: Run, b: Run): Html {
  const isTest = a.score !== null && b.score !== null;
  const of = (run: Run): Readonly<Record<string, number | null>> => (isTest ? run.score!.metrics : run.metrics);
  const names = [...new Set([...Object.keys(of(a)), ...Object.keys(of(b))])];
  const same = !isTest || testSha(a) === testSha(b);
  const rows = names.map((name) => {
    const [first, second] = [of(a)[name] ?? null, of(b)[name] ?? null];
    const difference = first === null || second === null ? null : second - first;
    return { name, metric: metricLabel(session.config, name, a.task), first, second, difference };
  });
  const caption = isTest
    ? "On the test rows"
    : "On the validation rows, because one of the two was not scored on test data";
  return html`${itemTable(
      caption,
      rows,
      [
        ["Metric", ({ metric }) => metric.label],
        [numeric("A"), ({ name, first }) => withInterval(a, name, first, isTest)],
        [numeric("B"), ({ name, second }) => withInterval(b, name, second, isTest)],
        [numeric("B − A"), ({ difference }) => displayNumber(difference)],
        ["Result", ({ metric, difference }) => verdict([a, b], metric, difference)],
      ],
      { isMarked: ({ name }) => name === a.metric },
    )}
    ${!same && html`<p class="warning">The two were scored on different test rows: their metrics are not comparable.</p>`}
    <p class="note">
      To test whether a difference is significant, use <code>mlctl runs diff ${a.runId} ${b.runId}</code>, which
      computes paired intervals on the rows. <code>mlctl why</code> shows what causes the difference.
    </p>`;
}

function withInterval(run: Run, name: string, value: number | null, isTest: boolean): string {
  const interval = isTest ? run.score?.intervals[name] : null;
  return `${displayNumber(value)}${interval ? ` (${displayInterval(interval)})` : ""}`;
}

function testSha({ score }: Run): string {
  return (score?.testFiles ?? []).map(({ sha256 }) => sha256).join();
}

/** A rough result without the rows: if the interval of one run contains the other's value, it may be chance. */
function verdict(
  [a, b]: readonly [Run, Run],
  { name, greaterIsBetter }: MetricLabel,
  difference: number | null,
): string {
  if (difference === null) return "–";
  if (difference === 0) return "same";
  const word = difference > 0 === greaterIsBetter ? "B is better" : "B is worse";
  const contains = (run: Run, value: number | null | undefined): boolean =>
    typeof value === "number" && covers(run.score?.intervals[name], value);
  const mayBeChance = contains(a, b.score?.metrics[name]) || contains(b, a.score?.metrics[name]);
  return mayBeChance ? `${word}, perhaps by chance` : word;
}

type Leaves = ReadonlyMap<string, string>;

function textOf(leaf: Json): string {
  return typeof leaf === "string" ? leaf : JSON.stringify(leaf);
}

function leavesOf(value: Json): Leaves {
  return new Map(leaves(value).map(({ path, value: leaf }) => [path.join("."), textOf(leaf)]));
}

function values(caption: string, a: Leaves, b: Leaves, onlyDifferent = false): Html {
  const all = [...new Set([...a.keys(), ...b.keys()])].map((name) => {
    return { name, a: a.get(name) ?? "–", b: b.get(name) ?? "–", differs: a.get(name) !== b.get(name) };
  });
  const shown = all.filter(({ differs }) => differs || !onlyDifferent);
  if (shown.length === 0) return emptyNote(onlyDifferent ? "The two runs have the same settings." : "There are none.");
  return sideBySide(caption, shown, "Name", onlyDifferent);
}

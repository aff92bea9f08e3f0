/** /ui/trials: searches of `mlctl tune`; /ui/trials/<id>: one search with its history and the importance of its parameters. */
import type { SearchRecord, TrialRecord, UnfinishedSearch } from "../../core/records/search.ts";
import { finishedTrials, parameterImportance } from "../../pipeline/search/parameterImportance.ts";
import { countOf, displayNumber, percent, dateTime } from "../../plots/displayNumber.ts";
import { trialsPlot } from "../../plots/trials.ts";
import type { PlotSpec } from "../../plots/theme.ts";
import { numeric, itemTable, html, emptyNote, section, type Html } from "../../reporting/html.ts";
import type { MetricLabel } from "../../reporting/reportInput.ts";
import { familyName } from "../../reporting/summary.ts";
import { unfinishedSearches } from "../../lifecycle/tune/tuneMemory.ts";
import { metricLabel } from "../../lifecycle/settings.ts";
import { HttpProblem } from "../http/problem.ts";
import { barCell, big, factList, paramText } from "./frame/parts.ts";
import { state } from "../../reporting/verdicts.ts";
import { pageAddress, type Page, type PageRequest } from "./frame/page.ts";

export function trialsPage({ session }: PageRequest): Page {
  const searches = searchesOf(session);
  const body =
    searches.length === 0
      ? html`<p class="empty">No search yet. Next step: <code>mlctl tune</code>.</p>`
      : itemTable(`${countOf(searches.length, "search", "searches")}, newest first`, searches, [
          [
            "Search",
            (search) =>
              html`<a href="${pageAddress("trials", search.searchId)}">${familyName(search.family)}</a
                >${search.featureSet !== "all" && ` on ${search.featureSet}`}`,
          ],
          ["Searched", ({ createdAt }) => dateTime(createdAt)],
          [
            "Method",
            ({ method, folds, foldMethod }) => `${method}, ${folds} folds (${foldMethod.replaceAll("_", " ")})`,
          ],
          [numeric("Trials"), trialCount],
          ["Metric", ({ metric, task }) => metricLabel(session.config, metric, task).label],
          [numeric("Best"), (search) => displayNumber(bestTrialOf(search)?.value, 4)],
        ]);
  return { title: "Trials", area: "trials", body: section("searches", "Searches", body) };
}

type Search = SearchRecord | UnfinishedSearch;

function searchesOf(session: PageRequest["session"]): Search[] {
  return [...unfinishedSearches(session), ...session.store.searches()];
}

/** "30"; of a search that has not ended "71 of 100". */
function trialCount(search: Search): string {
  const count = displayNumber(search.trials.length);
  if (search.trainId !== null) return count;
  return search.planned === null ? `${count}, not ended` : `${count} of ${displayNumber(search.planned)}`;
}

export async function searchPage({ session, id, draw }: PageRequest): Promise<Page> {
  const search = searchesOf(session).find(({ searchId }) => searchId === id);
  if (search === undefined) {
    throw new HttpProblem("not-found", `there is no search ${id.slice(0, 100)}`, { hint: "see the page Trials" });
  }
  const metric = metricLabel(session.config, search.metric, search.task);
  const done = finishedTrials(search.trials);
  const worth = parameterImportance(search.trials);
  const parameters = worth.map(([name, share]) => parameterPlot(search, done, { name, share, metric }));
  return {
    title: `Trials of ${familyName(search.family)}`,
    area: "trials",
    body: html`<p class="crumbs"><a href="${pageAddress("trials")}">Trials</a></p>
      ${search.trainId === null && html`<p class="note">This search has not ended: it runs, or was stopped. <code>mlctl tune</code> with the same data and settings goes on.</p>`}
      ${section("about", "Search", about(search, metric))}
      ${section("history", "History", done.length === 0 ? emptyNote("No trial finished.") : html`<div class="plots">${await draw("search-history", history(search, done, metric))} ${importance(worth, done.length)}</div>`)}
      ${done.length > 1 && section("parameters", "Parameters and score", html`<div class="plots">${await Promise.all(parameters.map((plot, i) => draw(`parameter-${i + 1}`, plot)))}</div>`)}
      ${section("trials", "All trials", trialTable(search, metric))}`,
  };
}

const stateWords = { pruned: "stopped early", failed: "failed" };

type Finished = ReturnType<typeof finishedTrials>;

function about(search: Search, { label }: MetricLabel): Html {
  const { params, trials } = search;
  const count = (status: TrialRecord["status"]): number => trials.filter((trial) => trial.status === status).length;
  const best = bestTrialOf(search);
  const searched = searchedNames(trials);
  const rest = (["pruned", "failed"] as const)
    .flatMap((status) => (count(status) === 0 ? [] : [`${displayNumber(count(status))} ${stateWords[status]}`]))
    .join(", ");
  const listed = (values: SearchRecord["params"], text: typeof numberText): string =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${text(value)}`)
      .join(", ");
  const fixed = Object.fromEntries(Object.entries(params).filter(([name]) => !searched.has(name)));
  const seconds = trials.reduce((sum, trial) => sum + trial.seconds, 0);
  return factList([
    [`Best ${label}`, big(displayNumber(best?.value, 4))],
    ["Trials", html`${big(trialCount(search))}${rest !== "" && html`<br /><span class="quiet">${rest}</span>`}`],
    ["Method", `${search.method}, seed ${search.seed}`],
    ["Scored on", `${search.folds} folds of the training rows (${search.foldMethod.replaceAll("_", " ")})`],
    ["Searched", dateTime(search.createdAt)],
    ["Seconds, all trials", displayNumber(seconds, 3)],
    ["Best parameters", listed(best?.params ?? {}, numberText), "whole"],
    ["Fixed parameters", listed(fixed, paramText), "whole"],
  ]);
}

function numberText(value: Parameters<typeof paramText>[0]): string {
  return typeof value === "number" ? displayNumber(value) : paramText(value);
}

function history({ bestTrial, trials }: Search, done: Finished, { label, greaterIsBetter }: MetricLabel) {
  const steps: [number, number][] = [];
  for (const { number, value } of done.toSorted((a, b) => a.number - b.number)) {
    const best = steps.at(-1)?.[1];
    if (best === undefined || value > best === greaterIsBetter) steps.push([number + 1, value]);
  }
  const last = steps.at(-1)!;
  const total = Math.max(...trials.map(({ number }) => number)) + 1;
  const left = trials.length - done.length;
  return trialsPlot({
    title: `${label} by trial`,
    subtitle: `${greaterIsBetter ? "higher" : "lower"} is better; line: best so far`,
    sentence: `The best trial was number ${last[0]} of ${total}, with ${displayNumber(last[1], 4)}; the first had ${displayNumber(steps[0]![1], 4)}.${left === 0 ? "" : ` The ${countOf(left, "trial")} stopped early or failed ${left === 1 ? "is" : "are"} not drawn.`}`,
    isLinear: true,
    points: done.map(({ number, value }) => ({
      x: number + 1,
      y: value,
      label: `trial ${number + 1}: ${displayNumber(value, 4)}`,
      isBest: number === bestTrial,
    })),
    steps: [...steps, [total, last[1]]],
  });
}

function importance(worth: ReturnType<typeof parameterImportance>, trials: number): Html {
  if (worth.every(([, share]) => share === null))
    return html`<div>
      <h3>Parameter importance</h3>
      ${emptyNote(`Too few trials to say: ${trials}.`)}
    </div>`;
  return html`<div>
    ${itemTable("Parameter importance", worth, [
      ["Parameter", ([name]) => name],
      ["Share of the variance of the score", ([, share]) => (share === null ? "one value only" : barCell(share))],
    ])}
    <p class="note">
      Share of the variance explained by each parameter alone (epsilon squared over bins with equal numbers of trials,
      corrected for chance). A search tries good values together, so shares overlap: their sum may exceed 100 %. With
      few trials, they are rough estimates.
    </p>
  </div>`;
}

function parameterPlot(
  { bestTrial }: Search,
  done: Finished,
  { name, share, metric }: { readonly name: string; readonly share: number | null; readonly metric: MetricLabel },
): PlotSpec {
  const own = done.filter(({ params }) => params[name] !== undefined);
  const isNumeric = own.every(({ params }) => typeof params[name] === "number");
  const best = own.find(({ number }) => number === bestTrial);
  return trialsPlot({
    title: name,
    subtitle: `${metric.label} against the value; the large dot is the best trial`,
    sentence: `Best at ${best === undefined ? "other parameters" : numberText(best.params[name]!)}${share === null || share === 0 ? "" : `; explains ${percent(share)} of the variance on its own`}.`,
    points: own.map(({ params, value, number }) => ({
      x: isNumeric ? (params[name] as number) : paramText(params[name]!),
      y: value,
      label: `trial ${number + 1}: ${name} ${numberText(params[name]!)}, ${displayNumber(value, 4)}`,
      isBest: number === bestTrial,
    })),
  });
}

function trialTable({ trials, bestTrial }: Search, { label, greaterIsBetter }: MetricLabel): Html {
  const names = [...searchedNames(trials)];
  const isWhole = trials.every(({ status }) => status === "finished");
  const loss = ({ status, value }: TrialRecord): number =>
    status !== "finished" || value === null ? Infinity : greaterIsBetter ? -value : value;
  const sorted = trials.toSorted((a, b) => (loss(a) === loss(b) ? 0 : loss(a) - loss(b)));
  return itemTable(
    {
      caption: isWhole
        ? "Best first"
        : "Best first; then those stopped early or failed, whose scores are of fewer folds",
      isMarked: ({ number }) => number === bestTrial,
      limit: 100,
      dense: true,
    },
    sorted,
    [
      [numeric("Trial"), ({ number }) => displayNumber(number + 1)],
      // Beside the score, so that a phone shows why the last rows look out of order.
      !isWhole && [
        "State",
        ({ status, error }) => (status === "finished" ? "" : state("quiet", "–", error ?? stateWords[status])),
      ],
      [numeric(label), ({ value }) => displayNumber(value, 4)],
      ...names.map(
        (name) =>
          [name, ({ params }: TrialRecord) => (params[name] === undefined ? "–" : numberText(params[name]))] as const,
      ),
      [numeric("Seconds"), ({ seconds }) => displayNumber(seconds, 2)],
    ],
  );
}

function searchedNames(trials: readonly TrialRecord[]): Set<string> {
  return new Set(trials.flatMap(({ params }) => Object.keys(params)));
}

function bestTrialOf({ trials, bestTrial }: Pick<SearchRecord, "trials" | "bestTrial">): TrialRecord | undefined {
  return trials.find(({ number }) => number === bestTrial);
}

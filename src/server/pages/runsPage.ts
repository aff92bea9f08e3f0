/** /ui/runs: all runs, filtered and sorted; several of them can be compared. */
import { tagTexts, type Run } from "../../core/records/lineage.ts";
import { displayInterval, displayNumber } from "../../plots/displayNumber.ts";
import { numeric, itemTable, html, section, type Html } from "../../reporting/html.ts";
import { familyName } from "../../reporting/summary.ts";
import type { MetricLabel } from "../../reporting/reportInput.ts";
import { metricLabel } from "../../lifecycle/settings.ts";
import { checkbox, choice, filterForm, listTime, nowrap, pager, paramText, runName, runState } from "./frame/parts.ts";
import { pageAddress, withQuery, type Page, type PageRequest } from "./frame/page.ts";
import { letters } from "./compareData.ts";
import { pageNumber } from "./lookups.ts";

const ROWS = 50;

export function runsPage(request: PageRequest): Page {
  const { store } = request.session;
  const total = store.browse.runCount();
  if (total === 0) {
    const nothing = html`<p class="empty">There is no run yet. Next step: <code>mlctl train</code>.</p>`;
    return { title: "Runs", area: "runs", body: section("runs", "Leaderboard", nothing) };
  }
  const wanted = wantedOf(request);
  const page = pageNumber(request.query);
  const found = store.runs({ ...wanted.query, limit: ROWS + 1, offset: page * ROWS });
  const shown = found.slice(0, ROWS);
  const at = (number: number): string => wanted.address({ page: number === 0 ? undefined : number });
  const caption = `Runs ${displayNumber(page * ROWS + 1)} to ${displayNumber(page * ROWS + shown.length)} of ${displayNumber(total)}, ${wanted.order}`;
  const body = html`${filters(wanted)}
  ${
    shown.length === 0
      ? html`<p class="empty">No runs match. <a href="${pageAddress("runs")}">Show all ${displayNumber(total)}</a></p>`
      : html`<form method="get" action="${pageAddress("compare")}">
          <p>
            <button type="submit">Compare selected runs</button>
            <span class="note">Select two to ${letters.length}.</span>
          </p>
          ${leaderboard(request, shown, wanted, caption)}
        </form>`
  }
  ${pager("Pages of runs", [page === 0 ? null : at(page - 1), found.length > ROWS ? at(page + 1) : null])}`;
  return { title: "Runs", area: "runs", body: section("runs", "Leaderboard", body) };
}

const sorts = ["trained", "validation", "test", "seconds"] as const;
type Sort = (typeof sorts)[number];

type Wanted = ReturnType<typeof wantedOf>;

function wantedOf({ session, query }: PageRequest) {
  const { browse } = session.store;
  const newest = session.store.runs({ limit: 1 })[0]!;
  const names = new Set([...browse.metricNames("validation"), ...browse.metricNames("test")]);
  const metrics = [...names].map((name) => metricLabel(session.config, name, newest.task));
  const metric =
    metrics.find(({ name }) => name === query.get("metric")) ?? metricLabel(session.config, newest.metric, newest.task);
  const families = browse.families();
  const sort = sorts.find((each) => each === query.get("sort")) ?? "trained";
  const isAscending = query.has("order") ? query.get("order") === "ascending" : startsAscending(sort, metric);
  const given = {
    metric: query.has("metric") ? metric.name : undefined,
    family: families.find((each) => each === query.get("family")),
    tag: query.get("tag")?.trim() || undefined,
    deployed: query.get("deployed") === "1",
    winners: query.get("winners") === "1",
  };
  const order = {
    trained: isAscending ? "oldest first" : "newest first",
    seconds: isAscending ? "quickest first" : "slowest first",
    validation: `by ${metric.label} on validation rows`,
    test: `by ${metric.label} on test rows`,
  }[sort];
  const isPart = sort === "validation" || sort === "test";
  const worst = isPart && isAscending !== startsAscending(sort, metric) ? ", worst first" : "";
  return {
    metric,
    metrics,
    families,
    sort,
    order: `${order}${isPart && worst === "" ? ", best first" : worst}`,
    /** This page, with some of its query changed. */
    address: (changes: Readonly<Record<string, string | number | undefined>>): string =>
      withQuery(pageAddress("runs"), {
        ...given,
        ...(query.has("sort") ? { sort, order: isAscending ? "ascending" : "descending" } : {}),
        ...changes,
      }),
    query: {
      ...given,
      ascending: isAscending,
      by: isPart
        ? { part: sort, name: metric.name }
        : sort === "seconds"
          ? ("seconds" as const)
          : ("createdAt" as const),
    },
  };
}

/** The order of the first click: best, newest or quickest first. */
function startsAscending(sort: Sort, { greaterIsBetter }: MetricLabel): boolean {
  return sort === "seconds" || (sort !== "trained" && !greaterIsBetter);
}

function filters({ metric, metrics, families, query, sort, address }: Wanted): Html {
  const kept = new URLSearchParams(address({}).split("?")[1] ?? "");
  return filterForm(
    pageAddress("runs"),
    "Filter runs",
    html`${choice(
        "metric",
        "Metric",
        metric.name,
        metrics.map(({ name, label }) => [name, label] as const),
      )}
      ${choice("family", "Family", query.family ?? "", [["", "all"], ...families.map((each) => [each, familyName(each)] as const)])}
      <label
        >Tag <input name="tag" value="${query.tag ?? ""}" placeholder="any, e.g. owner=ann" autocomplete="off"
      /></label>
      ${checkbox("deployed", "deployed at some time", query.deployed === true)}
      ${checkbox("winners", "best of each training", query.winners === true)}
      ${kept.has("sort") && html`<input type="hidden" name="sort" value="${sort}" />`}`,
  );
}

function leaderboard(
  { session }: PageRequest,
  runs: readonly Run[],
  { metric, sort, query, address }: Wanted,
  caption: string,
): Html {
  const deployed = session.store.deployments()[0]?.runId;
  const isMarked = ({ runId }: Run): boolean => runId === deployed;
  const sortable = (name: Sort, title: string) => {
    const isNow = name === sort;
    const ascending = isNow ? query.ascending !== true : startsAscending(name, metric);
    const order = !isNow ? "none" : query.ascending === true ? "ascending" : "descending";
    const href = address({ sort: name, order: ascending ? "ascending" : "descending" });
    return { title, numeric: name !== "trained", sort: { href, order } } as const;
  };
  return itemTable({ caption, isMarked }, runs, [
    [
      "Run",
      (run) =>
        html`<input type="checkbox" name="run" value="${run.runId}" aria-label="compare run ${run.runId}" />
          ${runName(run)}${isMarked(run) && html` <span class="tag good">deployed</span>`}
          ${tagTexts(run).map((text) => html` <span class="tag">${text}</span>`)}`,
    ],
    ["Family", ({ family }) => nowrap(familyName(family))],
    [sortable("validation", `${metric.label}, validation`), ({ metrics }) => displayNumber(metrics[metric.name])],
    [
      sortable("test", `${metric.label}, test`),
      ({ score }) => {
        if (score?.metrics[metric.name] === undefined) return "–";
        const interval = score.intervals[metric.name];
        return html`${displayNumber(score.metrics[metric.name])}${interval && html`<br /><small>${displayInterval(interval)}</small>`}`;
      },
    ],
    runs.some(({ selection, metric: own }) => selection !== undefined && own === metric.name) && [
      numeric(`${metric.label}, folds`),
      ({ selection, metric: own }) => displayNumber(own === metric.name ? selection?.value : null),
    ],
    [numeric("Rank"), ({ rank }) => String(rank)],
    // Runs that another metric chose say so.
    runs.some((run) => run.metric !== metric.name) && [
      "Ranked by",
      (run) => metricLabel(session.config, run.metric, run.task).label,
    ],
    ["Parameters", (run) => html`<small>${differing(run, runs)}</small>`],
    [sortable("seconds", "Seconds"), ({ seconds }) => displayNumber(seconds, 2)],
    [sortable("trained", "Trained"), ({ createdAt }) => listTime(createdAt)],
    runs.some(({ status }) => status !== "FINISHED") && ["State", ({ status }) => runState(status)],
  ]);
}

/** Parameters that differ among the shown runs of the family; all of a run that is the only one. */
function differing({ family, params }: Run, runs: readonly Run[]): string {
  const others = runs.filter((each) => each.family === family);
  const own = Object.entries(params).filter(
    ([name, value]) =>
      others.length === 1 || others.some((each) => paramText(each.params[name] ?? null) !== paramText(value)),
  );
  const text = own
    .map(([name, value]) => `${name} ${paramText(typeof value === "number" ? Number(value.toPrecision(4)) : value)}`)
    .join(", ");
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

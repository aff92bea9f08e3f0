/** /ui/runs: all runs, ordered by time or by a metric; two of them can be compared. */
import type { Run } from "../../core/records/run.ts";
import type { RunQuery } from "../../storage/store/browse.ts";
import { displayInterval, displayNumber } from "../../plots/displayNumber.ts";
import { numeric } from "../../reporting/dataTable.ts";
import { dateTime } from "../../reporting/dateTime.ts";
import { html, type Html } from "../../reporting/html.ts";
import { section } from "../../reporting/section.ts";
import { familyName } from "../../reporting/summary.ts";
import { metricLabel } from "../../lifecycle/settings.ts";
import { itemTable } from "./frame/itemTable.ts";
import type { Page, PageRequest } from "./frame/page.ts";
import { pageAddress, withQuery } from "./frame/pageAddress.ts";
import { pageNumber } from "./lookups.ts";
import { pager, runLink, runState } from "./frame/parts.ts";

const ROWS = 50;

export function runsPage(request: PageRequest): Page {
  const { browse } = request.session.store;
  const total = browse.runCount();
  if (total === 0) {
    const nothing = html`<p class="empty">There is no run yet. Next step: <code>mlctl train</code>.</p>`;
    return { title: "Runs", area: "runs", body: section("runs", "Leaderboard", nothing) };
  }
  const wanted = wantedOf(request);
  const page = pageNumber(request.query);
  const found = browse.runPage({ ...wanted.query, limit: ROWS + 1, offset: page * ROWS });
  const shown = found.slice(0, ROWS);
  const at = (number: number): string =>
    withQuery(pageAddress("runs"), {
      by: wanted.by,
      family: wanted.query.family,
      winners: wanted.query.winners,
      page: number === 0 ? undefined : number,
    });
  const body = html`${filters(wanted)}
  ${
    shown.length === 0
      ? html`<p class="empty">No runs match. <a href="${pageAddress("runs")}">Show all ${displayNumber(total)}</a></p>`
      : html`<form method="get" action="${pageAddress("compare")}" class="wide">
          ${leaderboard(request, shown, captionOf(wanted, { first: page * ROWS + 1, last: page * ROWS + shown.length, total }))}
          <button type="submit">Compare the two selected runs</button>
        </form>`
  }
  ${pager({ label: "Pages of runs", previous: page === 0 ? null : at(page - 1), next: found.length > ROWS ? at(page + 1) : null })}`;
  return { title: "Runs", area: "runs", body: section("runs", "Leaderboard", body) };
}

interface Wanted {
  /** "" orders by time, "test f1" by a metric on the test rows. */
  readonly by: string;
  readonly query: Omit<RunQuery, "limit" | "offset">;
  readonly families: readonly string[];
  readonly choices: readonly (readonly [value: string, label: string])[];
}

function wantedOf({ session, query }: PageRequest): Wanted {
  const { browse } = session.store;
  const families = browse.families();
  const newest = browse.runPage({ limit: 1, offset: 0 })[0]!;
  const choices = (["test", "validation"] as const).flatMap((part) =>
    browse
      .metricNames(part)
      .map(
        (name) => [`${part} ${name}`, `${metricLabel(session.config, name, newest.task).label}, ${part} rows`] as const,
      ),
  );
  const by = choices.find(([value]) => value === query.get("by"))?.[0] ?? "";
  const [part, metric] = by.split(" ") as ["test" | "validation", string];
  const family = families.find((each) => each === query.get("family"));
  return {
    by,
    families,
    choices,
    query: {
      family,
      winners: query.get("winners") === "1",
      ...(by === ""
        ? {}
        : { by: { part, metric, greaterIsBetter: metricLabel(session.config, metric, newest.task).greaterIsBetter } }),
    },
  };
}

function filters({ by, families, choices, query }: Wanted): Html {
  return html`<form class="fields" method="get" action="${pageAddress("runs")}" aria-label="Filter runs">
    <label
      >Order
      <select name="by">
        <option value="">newest first</option>
        ${choices.map(([value, label]) => html`<option value="${value}" ${value === by && html`selected`}>${label}</option>`)}
      </select>
    </label>
    <label
      >Family
      <select name="family">
        <option value="">all</option>
        ${families.map((each) => html`<option value="${each}" ${each === query.family && html`selected`}>${familyName(each)}</option>`)}
      </select>
    </label>
    <label class="check"
      ><input type="checkbox" name="winners" value="1" ${query.winners === true && html`checked`} />best of each
      training only</label
    >
    <button type="submit">Show</button>
  </form>`;
}

function captionOf(
  { by, choices }: Wanted,
  { first, last, total }: { first: number; last: number; total: number },
): string {
  const label = choices.find(([value]) => value === by)?.[1];
  const order = label === undefined ? "newest first" : `by ${label}, best first`;
  return `Runs ${displayNumber(first)} to ${displayNumber(last)} of ${displayNumber(total)}, ${order}`;
}

function checkbox({ runId }: Run): Html {
  return html`<input type="checkbox" name="run" value="${runId}" aria-label="compare run ${runId}" />`;
}

function leaderboard({ session }: PageRequest, runs: readonly Run[], caption: string): Html {
  const deployed = session.store.deployments()[0]?.runId;
  const isMarked = ({ runId }: Run): boolean => runId === deployed;
  const label = ({ metric, task }: Run): string => metricLabel(session.config, metric, task).label;
  return itemTable(
    caption,
    runs,
    [
      [
        "Run",
        (run) =>
          html`${runLink(run.runId, run.modelVersion)}${isMarked(run) && html` <span class="tag">deployed</span>`}`,
      ],
      ["Trained", ({ createdAt }) => html`<span class="nowrap">${dateTime(createdAt).replace(" UTC", "")}</span>`],
      ["Family", ({ family }) => familyName(family)],
      [numeric("Rank"), ({ rank }) => String(rank)],
      [numeric("Validation"), (run) => `${label(run)} ${displayNumber(run.metrics[run.metric])}`],
      [numeric("Test"), ({ score, metric }) => displayNumber(score?.metrics[metric] ?? score?.value)],
      [numeric("95 % interval"), ({ score, metric }) => displayInterval(score?.intervals[metric])],
      ["State", ({ status }) => runState(status)],
      ["Compare", checkbox],
    ],
    { isMarked },
  );
}

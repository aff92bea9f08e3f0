/** /ui/monitoring: monitored windows over time with their limits, and which columns drifted when. */
import type { WindowLine, WindowValue } from "../../storage/store/browse.ts";
import { countOf, displayNumber, percent } from "../../plots/displayNumber.ts";
import { numeric, itemTable, html, section, type Html } from "../../reporting/html.ts";
import { metricLabel } from "../../lifecycle/settings.ts";
import { pValueName } from "../../core/text/recordText.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import { MATRIX_WINDOWS, columnMatrix, windowLink, deploymentEvents, windowPoint } from "./charts/windows.ts";
import { dayFields, choice, filterForm, listTime, modelLink, pager, windowWord } from "./frame/parts.ts";
import { pageAddress, withQuery, type Page, type PageRequest } from "./frame/page.ts";
import { dayAfter, daysOf, pageNumber } from "./lookups.ts";
import { timeChart, type TimeChart, type TimePoint } from "./charts/timeChart.ts";

export const WINDOWS = 40;

const sourceNames: Readonly<Record<string, string>> = {
  predictions: "logged predictions",
  files: "files",
  dataset: "dataset",
};

export function monitoringPage(request: PageRequest): Page {
  const { browse } = request.session.store;
  const sources = browse.windowSources();
  const source = sources.find((each) => each.source === request.query.get("source"))?.source ?? sources[0]?.source;
  if (source === undefined) {
    return emptyPage(
      html`<p class="empty">
        Nothing has been monitored yet. Next step: <code>mlctl monitor FILE</code>, or <code>mlctl monitor</code> for
        the logged predictions of the deployed model; <code>--since</code> monitors past windows too.
      </p>`,
    );
  }
  const page = pageNumber(request.query);
  const days = daysOf(request.query);
  const range = { since: days.from, until: days.to === undefined ? undefined : dayAfter(days.to) };
  const found = browse.windows({ source, ...range, limit: WINDOWS + 1, offset: page * WINDOWS });
  const windows = found.slice(0, WINDOWS);
  const options = sources.map(({ source: name, windows: count }) => {
    return [name, `${sourceNames[name] ?? name} (${displayNumber(count)})`] as const;
  });
  const fields = html`${choice("source", "Source", source, options)} ${dayFields(days)}`;
  const filters = filterForm(pageAddress("monitoring"), "Which windows", fields);
  if (windows.length === 0) {
    return emptyPage(
      html`${filters}
        <p class="empty">No windows here. <a href="${pageAddress("monitoring")}">Show the newest</a></p>`,
    );
  }
  const ids = windows.map(({ monitorId }) => monitorId);
  const values = browse.windowValues(ids, ["finding", "metric", "estimate"]);
  const drifts = browse.windowValues(ids.slice(0, MATRIX_WINDOWS), ["drift"]);
  const newest = request.session.store.monitoring(windows[0]!.monitorId);
  const pValues = newest === undefined ? "p-value" : pValueName(newest.drift);
  const at = (number: number): string =>
    withQuery(pageAddress("monitoring"), { source, ...days, page: number === 0 ? undefined : number });
  return {
    title: "Monitoring",
    area: "monitoring",
    body: html`${filters} ${section("over-time", "Over time", charts(request, { windows, values, newest }))}
    ${section("columns", "Columns", columnMatrix(windows, drifts, pValues))}
    ${section(
      "windows",
      "Windows",
      html`${table(windows, values)}
      ${pager("Pages of windows", [page === 0 ? null : at(page - 1), found.length > WINDOWS ? at(page + 1) : null], ["Newer", "Older"])}`,
    )}`,
  };
}

function emptyPage(note: Html): Page {
  return { title: "Monitoring", area: "monitoring", body: section("windows", "Over time", note) };
}

const keyOf = (...parts: readonly (string | null)[]): string => JSON.stringify(parts);

interface ChartData {
  /** Newest first; the charts show the oldest first. */
  readonly windows: readonly WindowLine[];
  readonly values: readonly WindowValue[];
  readonly newest: MonitorRecord | undefined;
}

function charts(request: PageRequest, { windows, values, newest }: ChartData): Html {
  const { store, config } = request.session;
  const oldestFirst = windows.toReversed();
  const byKey = new Map(values.map((value) => [keyOf(value.monitorId, value.kind, value.area, value.name), value]));
  const points = (area: string, name: string, more?: (window: WindowLine) => Partial<TimePoint>): TimePoint[] =>
    oldestFirst.map((window) => {
      const point = windowPoint(window, byKey.get(keyOf(window.monitorId, "finding", area, name)));
      // A window with too few rows stays as it is.
      return point.isOmitted === true ? point : { ...point, ...more?.(window) };
    });
  const metric = newest?.performance.metric ?? values.find(({ kind }) => kind === "metric")?.name ?? "";
  const task = store.run(windows[0]!.runId ?? "")?.task ?? "binary";
  const measured = points("performance", metric, ({ monitorId }) => {
    const { value = null, low, high } = byKey.get(keyOf(monitorId, "metric", "performance", metric)) ?? {};
    const estimate = byKey.get(keyOf(monitorId, "estimate", "performance", metric))?.value ?? null;
    return { value, interval: typeof low === "number" && typeof high === "number" ? [low, high] : null, estimate };
  });
  const chart = (id: string, title: string, more: Omit<TimeChart, "id" | "title" | "events">): Html =>
    timeChart({ events, id, title, ...more });
  const events = deploymentEvents(store, oldestFirst);
  const share = { format: percent, zero: true };
  const drifted = { points: points("drift", "dataset drift"), limitName: "drift from", ...share };
  const subtitle = "in the column with the largest increase over its reference";
  const missing = { points: points("quality", "missing values"), limitName: "limit", subtitle, ...share };
  const { label } = metricLabel(config, metric, task);
  return html`<div class="plots even">
    ${chart("drift", "Share of columns that drifted", drifted)}
    ${chart("performance", label, { subtitle: "on labelled rows", points: measured, limitName: "limit" })}
    ${chart("missing", "Missing values", missing)}
    ${chart("rows", "Rows", { points: points("", "", ({ rows }) => ({ value: rows })), zero: true })}
  </div>`;
}

function table(windows: readonly WindowLine[], values: readonly WindowValue[]): Html {
  const bad = values.filter(({ kind, status }) => kind === "finding" && (status === "fail" || status === "warn"));
  const failed = ({ monitorId: id }: WindowLine): string => {
    const names = bad.flatMap(({ monitorId, name }) => (monitorId === id ? [name] : []));
    return names.slice(0, 4).join(", ");
  };
  return itemTable(`${countOf(windows.length, "window")}, newest first`, windows, [
    ["Window", windowLink],
    ["Status", ({ status }) => windowWord(status)],
    ["Problems", failed],
    [numeric("Rows"), ({ rows }) => displayNumber(rows)],
    [numeric("Labelled"), ({ labelled }) => displayNumber(labelled)],
    ["Model", ({ runId, modelVersion }) => modelLink(runId, modelVersion)],
    ["Monitored", ({ createdAt }) => listTime(createdAt)],
  ]);
}

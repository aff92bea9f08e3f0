/** /ui/live: current traffic, latency and predictions of this server. */
import { countOf, displayNumber, percent } from "../../plots/displayNumber.ts";
import { dataTable, numeric } from "../../reporting/dataTable.ts";
import { html, type Html } from "../../reporting/html.ts";
import { section } from "../../reporting/section.ts";
import type { MetricsSnapshot } from "../state/metrics.ts";
import { factList } from "./frame/parts.ts";
import type { Page, PageRequest } from "./frame/page.ts";
import { timeChart } from "./charts/timeChart.ts";
import { PAGES, trafficRates, type RouteRates } from "../state/trafficRates.ts";
import { SAMPLE_SECONDS, type TrafficSample } from "../state/trafficSamples.ts";

const REFRESH_SECONDS = 5;

export async function livePage(request: PageRequest): Promise<Page> {
  const { state, samples, now } = request;
  const snapshot = await state.allMetrics();
  const newest: TrafficSample = { at: performance.now(), snapshot };
  return {
    title: "Live",
    area: "live",
    refresh: REFRESH_SECONDS,
    body: html`<p>
        <button class="quiet" id="pause" type="button" aria-pressed="false" hidden>Pause updates</button>
        <span class="note" id="update-status" role="status"></span>
      </p>
      <div id="live" data-refresh="${REFRESH_SECONDS}">
        ${section("now", "Now", rightNow(snapshot, [...samples, newest], now - state.startedAt.getTime()))}
        ${section("over-time", "Last ten minutes", overTime([...samples, newest]))}
        ${section("latency", "Latency", latencies([...samples, newest]))}
        ${section("predictions", "Predictions", predictions(snapshot))}
        ${section("requests", "Requests", requests(snapshot))}
      </div>`,
  };
}

/** Rates over the last minute, or over the time since the first sample if that is shorter. */
function lastMinute(samples: readonly TrafficSample[]) {
  const newest = samples.at(-1)!;
  const from = samples.find(({ at }) => newest.at - at <= 60_000 + SAMPLE_SECONDS * 500) ?? samples[0]!;
  return trafficRates(from, newest);
}

function rightNow(snapshot: MetricsSnapshot, samples: readonly TrafficSample[], upMs: number): Html {
  const rates = lastMinute(samples);
  const { log } = snapshot;
  return factList([
    ["Requests per second, last minute", rates === null ? "–" : big(displayNumber(rates.requests, 2))],
    ["Predictions per second", rates === null ? "–" : big(displayNumber(rates.predictions, 2))],
    ["Errors per second", rates === null ? "–" : big(displayNumber(rates.errors, 2))],
    // Minus the request of this page.
    ["Requests in progress", big(displayNumber(Math.max(0, snapshot.inFlight - 1)))],
    ["Uptime", duration(upMs)],
    ["Processes", displayNumber(snapshot.workers)],
    ["Memory", `${displayNumber(snapshot.memoryBytes / 1_048_576, 3)} MiB`],
    [
      "Prediction log",
      `${displayNumber(log.written)} written, ${displayNumber(log.queued)} waiting, ${displayNumber(log.dropped)} dropped`,
    ],
    ["Requests refused (too many)", displayNumber(snapshot.refused)],
    ["Deployments loaded", `${displayNumber(snapshot.swaps)}, ${displayNumber(snapshot.swapFailures)} refused`],
  ]);
}

function overTime(samples: readonly TrafficSample[]): Html {
  const steps = samples
    .slice(1)
    .map((to, i) => ({ rates: trafficRates(samples[i]!, to), ago: Math.round((samples.at(-1)!.at - to.at) / 1000) }));
  if (steps.length < 2) return html`<p class="empty">The charts appear after ${SAMPLE_SECONDS * 2} seconds.</p>`;
  // The last step may be too short for a meaningful rate: it ends when the page is requested.
  const whole = steps.filter(({ rates }) => rates !== null && rates.seconds >= SAMPLE_SECONDS / 2);
  const points = (of: (rates: NonNullable<(typeof steps)[number]["rates"]>) => number) =>
    whole.map(({ rates, ago }) => ({ label: ago === 0 ? "now" : `${ago} s ago`, value: of(rates!) }));
  return html`<div class="plots">
    ${timeChart({ id: "requests-chart", title: "Requests per second", points: points(({ requests: value }) => value), zero: true })}
    ${timeChart({ id: "predictions-chart", title: "Predictions per second", points: points(({ predictions: value }) => value), zero: true })}
  </div>`;
}

function latencies(samples: readonly TrafficSample[]): Html {
  const { routes = [] } = trafficRates(samples[0]!, samples.at(-1)!) ?? {};
  if (routes.length === 0) return html`<p class="empty">No requests in the last ten minutes.</p>`;
  return dataTable({
    caption: "Last ten minutes, by endpoint",
    columns: ["Endpoint", numeric("Requests"), numeric("Median"), numeric("95 %"), numeric("99 %")],
    rows: routes.map(({ route, requests: count, median, p95, p99 }: RouteRates) => ({
      cells: [
        html`<code>${route}</code>`,
        displayNumber(count),
        milliseconds(median),
        milliseconds(p95),
        milliseconds(p99),
      ],
    })),
  });
}

function predictions({ predictions: counts }: MetricsSnapshot): Html {
  const all = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  const total = all.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return html`<p class="empty">No predictions since the start. <a href="/docs">Try the API</a></p>`;
  if (all.length === 1 && all[0]![0] === "") return html`<p>${countOf(total, "prediction")} since the start.</p>`;
  return dataTable({
    caption: `${countOf(total, "prediction")} since the start, by class`,
    columns: ["Class", numeric("Rows"), numeric("Share")],
    rows: all.map(([name, count]) => ({ cells: [name, displayNumber(count), percent(count / total)] })),
    limit: 30,
  });
}

function requests({ requests: counts }: MetricsSnapshot): Html {
  const rows = Object.entries(counts)
    .map(([key, count]) => ({ key: key.split(" ") as [string, string, string], count }))
    .filter(({ key }) => key[1] !== PAGES)
    .toSorted((a, b) => b.count - a.count);
  if (rows.length === 0) return html`<p class="empty">No requests since the start, except for these pages.</p>`;
  return dataTable({
    caption: "Since the start, by endpoint and status",
    columns: ["Endpoint", "Method", "Status", numeric("Requests")],
    rows: rows.map(({ key: [method, route, status], count }) => ({
      cells: [
        html`<code>${route}</code>`,
        method,
        status.startsWith("2")
          ? status
          : html`<span class="${status.startsWith("5") ? "bad" : "caution"}">${status}</span>`,
        displayNumber(count),
      ],
    })),
    limit: 60,
  });
}

function big(text: string): Html {
  return html`<span class="figure">${text}</span>`;
}

function milliseconds(seconds: number | null): string {
  return seconds === null ? "over 10 s" : `≤ ${displayNumber(seconds * 1000)} ms`;
}

function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.floor(ms / 1000)} s`;
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} days`;
}

/** /ui/live: current traffic, latency and predictions of this server. */
import { countOf, displayNumber, percent } from "../../plots/displayNumber.ts";
import { numeric, itemTable, html, type Html, section } from "../../reporting/html.ts";
import type { MetricsSnapshot } from "../state/metrics.ts";
import { big, factList } from "./frame/parts.ts";
import type { Page, PageRequest } from "./frame/page.ts";
import { timeChart } from "./charts/timeChart.ts";
import { PAGES, trafficRates, SAMPLE_SECONDS, type TrafficSample } from "../state/traffic.ts";

const REFRESH_SECONDS = 5;

export async function livePage(request: PageRequest): Promise<Page> {
  const { state, now } = request;
  const snapshot = await state.allMetrics();
  const samples = [...request.samples, { at: performance.now(), snapshot }];
  return {
    title: "Live",
    area: "live",
    refresh: REFRESH_SECONDS,
    body: html`<p>
        <button class="quiet" id="pause" type="button" aria-pressed="false" hidden>Pause updates</button>
        <span class="note" id="update-status" role="status"></span>
      </p>
      <div id="live" data-refresh="${REFRESH_SECONDS}">
        ${section("now", "Now", rightNow(snapshot, samples, now - state.startedAt.getTime()))}
        ${section("over-time", "Last ten minutes", overTime(samples))}
        ${section("latency", "Latency", latencies(samples))}
        ${section("predictions", "Predictions", predictions(snapshot))}
        ${section("requests", "Requests", requests(snapshot))}
      </div>`,
  };
}

function rightNow(snapshot: MetricsSnapshot, samples: readonly TrafficSample[], upMs: number): Html {
  const newest = samples.at(-1)!;
  // Over the last minute, or over the time since the first sample if that is shorter.
  const from = samples.find(({ at }) => newest.at - at <= 60_000 + SAMPLE_SECONDS * 500) ?? samples[0]!;
  const rates = trafficRates(from, newest);
  const { log } = snapshot;
  const logged = [`${displayNumber(log.written)} written`, `${displayNumber(log.queued)} waiting`];
  return factList([
    ["Requests per second, last minute", big(displayNumber(rates?.requests, 2))],
    ["Predictions per second", big(displayNumber(rates?.predictions, 2))],
    ["Errors per second", big(displayNumber(rates?.errors, 2))],
    // Minus the request of this page.
    ["Requests in progress", big(displayNumber(Math.max(0, snapshot.inFlight - 1)))],
    ["Uptime", duration(upMs)],
    ["Processes", displayNumber(snapshot.workers)],
    ["Memory", `${displayNumber(snapshot.memoryBytes / 1_048_576, 3)} MiB`],
    ["Prediction log", [...logged, `${displayNumber(log.dropped)} dropped`].join(", ")],
    ["Requests refused (too many)", displayNumber(snapshot.refused)],
    ["Deployments loaded", `${displayNumber(snapshot.swaps)}, ${displayNumber(snapshot.swapFailures)} refused`],
  ]);
}

function overTime(samples: readonly TrafficSample[]): Html {
  if (samples.length < 3) return html`<p class="empty">The charts appear after ${SAMPLE_SECONDS * 2} seconds.</p>`;
  const newest = samples.at(-1)!;
  const steps = samples.slice(1).flatMap((to, i) => {
    const rates = trafficRates(samples[i]!, to);
    const ago = Math.round((newest.at - to.at) / 1000);
    // The last step may be too short for a meaningful rate: it ends when the page is requested.
    if (rates === null || rates.seconds < SAMPLE_SECONDS / 2) return [];
    return [{ rates, label: ago === 0 ? "now" : `${ago} s ago` }];
  });
  const chart = (key: "requests" | "predictions", title: string): Html => {
    const points = steps.map(({ rates, label }) => ({ label, value: rates[key] }));
    return timeChart({ id: `${key}-chart`, title, points, zero: true });
  };
  return html`<div class="plots">
    ${chart("requests", "Requests per second")} ${chart("predictions", "Predictions per second")}
  </div>`;
}

function latencies(samples: readonly TrafficSample[]): Html {
  const { routes = [] } = trafficRates(samples[0]!, samples.at(-1)!) ?? {};
  if (routes.length === 0) return html`<p class="empty">No requests in the last ten minutes.</p>`;
  return itemTable("Last ten minutes, by endpoint", routes, [
    ["Endpoint", ({ route }) => html`<code>${route}</code>`],
    [numeric("Requests"), (route) => displayNumber(route.requests)],
    [numeric("Median"), ({ median }) => milliseconds(median)],
    [numeric("95 %"), ({ p95 }) => milliseconds(p95)],
    [numeric("99 %"), ({ p99 }) => milliseconds(p99)],
  ]);
}

function predictions({ predictions: counts }: MetricsSnapshot): Html {
  const all = Object.entries(counts).toSorted(([, a], [, b]) => b - a);
  const total = all.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return html`<p class="empty">No predictions since the start. <a href="/docs">Try the API</a></p>`;
  if (all.length === 1 && all[0]![0] === "") return html`<p>${countOf(total, "prediction")} since the start.</p>`;
  const columns = [
    ["Class", ([name]: [string, number]) => name],
    [numeric("Rows"), ([, count]: [string, number]) => displayNumber(count)],
    [numeric("Share"), ([, count]: [string, number]) => percent(count / total)],
  ] as const;
  return itemTable({ caption: `${countOf(total, "prediction")} since the start, by class`, limit: 30 }, all, columns);
}

function requests({ requests: counts }: MetricsSnapshot): Html {
  const rows = Object.entries(counts)
    .map(([key, count]) => {
      const [method, route, status] = key.split(" ") as [string, string, string];
      return { method, route, status, count };
    })
    .filter(({ route }) => route !== PAGES)
    .toSorted((a, b) => b.count - a.count);
  if (rows.length === 0) return html`<p class="empty">No requests since the start, except for these pages.</p>`;
  return itemTable({ caption: "Since the start, by endpoint and status", limit: 60 }, rows, [
    ["Endpoint", ({ route }) => html`<code>${route}</code>`],
    ["Method", ({ method }) => method],
    [
      "Status",
      ({ status }) =>
        status.startsWith("2")
          ? status
          : html`<span class="${status.startsWith("5") ? "bad" : "caution"}">${status}</span>`,
    ],
    [numeric("Requests"), ({ count }) => displayNumber(count)],
  ]);
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

/** /ui/live: what is asked now, how quickly it is answered, and with what. */
import { countOf, figure, percent } from "../../plots/figures.ts";
import { dataTable } from "../../reporting/dataTable.ts";
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
        <span class="note" id="told" role="status"></span>
      </p>
      <div id="live" data-refresh="${REFRESH_SECONDS}">
        ${section("now", "Now", rightNow(snapshot, [...samples, newest], now - state.startedAt.getTime()))}
        ${section("course", "The last ten minutes", course([...samples, newest]))}
        ${section("latency", "Latency", latencies([...samples, newest]))}
        ${section("answers", "Predictions", answers(snapshot))} ${section("requests", "Requests", requests(snapshot))}
      </div>`,
  };
}

/** Of the last minute, or of as much of it as there is. */
function lastMinute(samples: readonly TrafficSample[]) {
  const newest = samples.at(-1)!;
  const from = samples.find(({ at }) => newest.at - at <= 60_000 + SAMPLE_SECONDS * 500) ?? samples[0]!;
  return trafficRates(from, newest);
}

function rightNow(snapshot: MetricsSnapshot, samples: readonly TrafficSample[], upMs: number): Html {
  const rates = lastMinute(samples);
  const { log } = snapshot;
  return factList([
    ["Requests a second, last minute", rates === null ? "–" : big(figure(rates.requests, 2))],
    ["Predictions a second", rates === null ? "–" : big(figure(rates.predictions, 2))],
    ["Errors a second", rates === null ? "–" : big(figure(rates.errors, 2))],
    // This page is being answered too.
    ["Being answered", big(figure(Math.max(0, snapshot.inFlight - 1)))],
    ["Up", duration(upMs)],
    ["Processes", figure(snapshot.workers)],
    ["Memory", `${figure(snapshot.memoryBytes / 1_048_576, 3)} MiB`],
    ["Prediction log", `${figure(log.written)} written, ${figure(log.queued)} waiting, ${figure(log.dropped)} lost`],
    ["Refused because too busy", figure(snapshot.refused)],
    ["Deployments taken over", `${figure(snapshot.swaps)}, ${figure(snapshot.swapFailures)} refused`],
  ]);
}

function course(samples: readonly TrafficSample[]): Html {
  const steps = samples
    .slice(1)
    .map((to, i) => ({ rates: trafficRates(samples[i]!, to), ago: Math.round((samples.at(-1)!.at - to.at) / 1000) }));
  if (steps.length < 2) return html`<p class="empty">The course appears after ${SAMPLE_SECONDS * 2} seconds.</p>`;
  // The last step is as short as the reader was quick: too short to be a rate.
  const whole = steps.filter(({ rates }) => rates !== null && rates.seconds >= SAMPLE_SECONDS / 2);
  const points = (of: (rates: NonNullable<(typeof steps)[number]["rates"]>) => number) =>
    whole.map(({ rates, ago }) => ({ label: ago === 0 ? "now" : `${ago} s ago`, value: of(rates!) }));
  return html`<div class="plots">
    ${timeChart({ id: "requests-course", title: "Requests a second", points: points(({ requests: value }) => value), zero: true })}
    ${timeChart({ id: "predictions-course", title: "Predictions a second", points: points(({ predictions: value }) => value), zero: true })}
  </div>`;
}

function latencies(samples: readonly TrafficSample[]): Html {
  const { routes = [] } = trafficRates(samples[0]!, samples.at(-1)!) ?? {};
  if (routes.length === 0) return html`<p class="empty">Nothing was asked in the last ten minutes.</p>`;
  return dataTable({
    caption: "In the last ten minutes, by address",
    columns: [
      { title: "Address" },
      { title: "Requests", numeric: true },
      { title: "Median", numeric: true },
      { title: "95 %", numeric: true },
      { title: "99 %", numeric: true },
    ],
    rows: routes.map(({ route, requests: count, median, p95, p99 }: RouteRates) => ({
      cells: [html`<code>${route}</code>`, figure(count), milliseconds(median), milliseconds(p95), milliseconds(p99)],
    })),
  });
}

function answers({ predictions }: MetricsSnapshot): Html {
  const all = Object.entries(predictions).toSorted(([, a], [, b]) => b - a);
  const total = all.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0)
    return html`<p class="empty">No row was answered since the start. <a href="/docs">Try the API</a></p>`;
  if (all.length === 1 && all[0]![0] === "") return html`<p>${countOf(total, "row")} answered since the start.</p>`;
  return dataTable({
    caption: `${countOf(total, "row")} answered since the start, by class`,
    columns: [{ title: "Class" }, { title: "Rows", numeric: true }, { title: "Share", numeric: true }],
    rows: all.map(([name, count]) => ({ cells: [name, figure(count), percent(count / total)] })),
    limit: 30,
  });
}

function requests({ requests: counts }: MetricsSnapshot): Html {
  const rows = Object.entries(counts)
    .map(([key, count]) => ({ key: key.split(" ") as [string, string, string], count }))
    .filter(({ key }) => key[1] !== PAGES)
    .toSorted((a, b) => b.count - a.count);
  if (rows.length === 0) return html`<p class="empty">Nothing but these pages was asked since the start.</p>`;
  return dataTable({
    caption: "Since the start, by address and outcome",
    columns: [{ title: "Address" }, { title: "Method" }, { title: "Status" }, { title: "Requests", numeric: true }],
    rows: rows.map(({ key: [method, route, status], count }) => ({
      cells: [
        html`<code>${route}</code>`,
        method,
        status.startsWith("2")
          ? status
          : html`<span class="${status.startsWith("5") ? "bad" : "caution"}">${status}</span>`,
        figure(count),
      ],
    })),
    limit: 60,
  });
}

function big(text: string): Html {
  return html`<span class="figure">${text}</span>`;
}

function milliseconds(seconds: number | null): string {
  return seconds === null ? "over 10 s" : `≤ ${figure(seconds * 1000)} ms`;
}

function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.floor(ms / 1000)} s`;
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2880 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 1440)} days`;
}

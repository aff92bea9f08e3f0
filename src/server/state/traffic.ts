/** Rates and latencies between two samples of the counters. */
import { LATENCY_EDGES, type MetricsSnapshot } from "./metrics.ts";

/** Per second, without requests of the pages themselves; errors have status 4xx or 5xx. @returns null if no time passed */
export function trafficRates(from: TrafficSample, to: TrafficSample) {
  const seconds = (to.at - from.at) / 1000;
  if (seconds <= 0) return null;
  const requests = increases(from.snapshot.requests, to.snapshot.requests).filter(
    ([key]) => key.split(" ")[1] !== PAGES,
  );
  const failed = requests.filter(([key]) => /^[45]/.test(key.split(" ")[2] ?? ""));
  return {
    seconds,
    requests: sum(requests) / seconds,
    errors: sum(failed) / seconds,
    predictions: sum(increases(from.snapshot.predictions, to.snapshot.predictions)) / seconds,
    routes: Object.keys(to.snapshot.latency)
      .filter((route) => route !== PAGES)
      .map((route) => routeRates(route, from.snapshot, to.snapshot))
      .filter((each) => each.requests > 0)
      .toSorted((a, b) => b.requests - a.requests || (a.route < b.route ? -1 : 1)),
  };
}

/** The route under which requests of pages are counted. */
export const PAGES = "/ui";

/** Increases by key. A counter falls if a worker was replaced: that counts as 0. */
function increases(from: Readonly<Record<string, number>>, to: Readonly<Record<string, number>>): [string, number][] {
  return Object.entries(to).map(([key, count]) => [key, Math.max(0, count - (from[key] ?? 0))]);
}

function sum(entries: readonly (readonly [string, number])[]): number {
  return entries.reduce((total, [, count]) => total + count, 0);
}

/** Quantiles of latency: the upper bound of the bucket in seconds; null above the last bound. */
function routeRates(route: string, from: MetricsSnapshot, to: MetricsSnapshot) {
  const before = from.latency[route] ?? [];
  const counts = to.latency[route]!.map((count, i) => Math.max(0, count - (before[i] ?? 0)));
  const requests = counts.reduce((all, count) => all + count, 0);
  return { route, requests, median: quantile(counts, 0.5), p95: quantile(counts, 0.95), p99: quantile(counts, 0.99) };
}

function quantile(counts: readonly number[], share: number): number | null {
  const rank = share * counts.reduce((all, count) => all + count, 0);
  let below = 0;
  for (const [i, count] of counts.entries()) {
    below += count;
    if (below >= rank && below > 0) return LATENCY_EDGES[i] ?? null;
  }
  return null;
}

export interface TrafficSample {
  readonly at: number;
  readonly snapshot: MetricsSnapshot;
}

export const SAMPLE_SECONDS = 10;
const MAX_SAMPLES = 61;

export function trafficSamples(snapshot: () => Promise<MetricsSnapshot>, clock: () => number) {
  const samples: TrafficSample[] = [];
  const take = async (): Promise<void> => {
    const taken = await snapshot();
    samples.push({ at: clock(), snapshot: taken });
    if (samples.length > MAX_SAMPLES) samples.shift();
  };
  const timer = setInterval(() => void take(), SAMPLE_SECONDS * 1000).unref();
  void take();
  return { samples: samples as readonly TrafficSample[], close: () => clearInterval(timer) };
}

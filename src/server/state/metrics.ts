/**
 * Counters of one server process, and the sum of the snapshots of several processes. Not prom-client: its counters made
 * one-row requests 3 to 8 % slower (wrk, one worker), and its histogram cannot be set from counters at scrape time.
 */
import type { PredictionLogStats } from "../../core/records/predictionLog.ts";

/** Upper bounds of the latency histogram's buckets, in seconds. */
export const LATENCY_EDGES = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const;

/** Maximum number of classes counted by name; further ones are counted as "other". */
const MAX_CLASSES = 100;

export type Metrics = ReturnType<typeof metrics>;
export type MetricsSnapshot = ReturnType<Metrics["snapshot"]>;

/** `failing`: the number of processes whose rows wait or are lost. */
type LogCounts = Pick<PredictionLogStats, "queued" | "written" | "dropped"> & { readonly failing: number };

export function metrics() {
  /** By "<method> <route> <status>". */
  const requests = new Map<string, number>();
  /** By route: the number of requests in each bucket, not cumulative; the last bucket has no upper bound. */
  const latency = new Map<string, { counts: number[]; sum: number }>();
  /** By class; "" in regression. */
  const predictions = new Map<string, number>();
  /** By reason, see rejections. */
  const rejected = new Map<string, number>();
  const numbers = { inFlight: 0, refused: 0, swaps: 0, swapFailures: 0 };
  return Object.assign(numbers, {
    countRequest(
      method: string,
      route: string,
      { status, seconds }: { status: number | "cut"; seconds: number },
    ): void {
      add(requests, `${method} ${route} ${status}`, 1);
      let entry = latency.get(route);
      if (entry === undefined) latency.set(route, (entry = { counts: LATENCY_EDGES.map(() => 0).concat(0), sum: 0 }));
      const bucket = LATENCY_EDGES.findIndex((edge) => seconds <= edge);
      entry.counts[bucket < 0 ? LATENCY_EDGES.length : bucket]!++;
      entry.sum += seconds;
    },
    countPredictions(values: readonly (string | number)[], isClass: boolean): void {
      if (!isClass) return add(predictions, "", values.length);
      for (const value of values) {
        const name = String(value);
        add(predictions, predictions.has(name) || predictions.size < MAX_CLASSES ? name : "other", 1);
      }
    },
    countRejected: (reason: string): void => add(rejected, reason, 1),
    snapshot: (log: LogCounts, memoryBytes: number) => ({
      requests: Object.fromEntries(requests),
      latency: Object.fromEntries([...latency].map(([route, { counts }]) => [route, [...counts]])),
      latencySum: Object.fromEntries([...latency].map(([route, { sum }]) => [route, sum])),
      predictions: Object.fromEntries(predictions),
      rejected: Object.fromEntries(rejected),
      inFlight: numbers.inFlight,
      refused: numbers.refused,
      swaps: numbers.swaps,
      swapFailures: numbers.swapFailures,
      log,
      memoryBytes,
      workers: 1,
    }),
  });
}

function add(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

export function addSnapshots(all: readonly MetricsSnapshot[]): MetricsSnapshot {
  const none = { ...metrics().snapshot({ queued: 0, written: 0, dropped: 0, failing: 0 }, 0), workers: 0 };
  return all.reduce(plus<MetricsSnapshot>, none);
}

/** Adds the numbers at the same place in two objects or arrays. */
function plus<T>(a: T, b: T): T {
  if (typeof a === "number") return (a + Number(b)) as T;
  if (Array.isArray(a)) return a.map((value, i) => plus(value, (b as unknown[])[i])) as T;
  const total = new Map<string, unknown>(Object.entries(a as object));
  for (const [key, value] of Object.entries(b as object)) {
    total.set(key, total.has(key) ? plus(total.get(key), value) : value);
  }
  return Object.fromEntries(total) as T;
}

/**
 * Counters of one server process, and the sum of the snapshots of several processes. Not prom-client: its counters made
 * one-row requests 3 to 8 % slower (wrk, one worker), and its histogram cannot be set from counters at scrape time.
 */

/** Upper bounds of the latency histogram's buckets, in seconds. */
export const LATENCY_EDGES = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const;

/** Maximum number of classes counted by name; further ones are counted as "other". */
const MAX_CLASSES = 100;

export interface MetricsSnapshot {
  /** "<method> <route> <status>" → number of requests. */
  readonly requests: Readonly<Record<string, number>>;
  /** Route → number of requests in each latency bucket, not cumulative; the last bucket has no upper bound. */
  readonly latency: Readonly<Record<string, readonly number[]>>;
  readonly latencySum: Readonly<Record<string, number>>;
  /** Class ("" in regression) → number of predictions. */
  readonly predictions: Readonly<Record<string, number>>;
  readonly inFlight: number;
  readonly refused: number;
  /** Reason (see rejections) → number of requests. */
  readonly rejected: Readonly<Record<string, number>>;
  readonly swaps: number;
  readonly swapFailures: number;
  readonly log: {
    readonly queued: number;
    readonly written: number;
    readonly dropped: number;
    /** Number of processes whose rows wait or are lost. */
    readonly failing: number;
  };
  readonly memoryBytes: number;
  readonly workers: number;
}

export interface Metrics {
  countRequest(method: string, route: string, outcome: { status: number; seconds: number }): void;
  countPredictions(values: readonly (string | number)[], isClass: boolean): void;
  countRejected(reason: string): void;
  requests: number;
  inFlight: number;
  refused: number;
  swaps: number;
  swapFailures: number;
  snapshot(log: MetricsSnapshot["log"], memoryBytes: number): MetricsSnapshot;
}

export function metrics(): Metrics {
  const requests = new Map<string, number>();
  const latency = new Map<string, { counts: number[]; sum: number }>();
  const predictions = new Map<string, number>();
  const rejected = new Map<string, number>();
  const self: Metrics = {
    requests: 0,
    inFlight: 0,
    refused: 0,
    swaps: 0,
    swapFailures: 0,
    countRequest(method, route, { status, seconds }) {
      self.requests++;
      add(requests, `${method} ${route} ${status}`, 1);
      let entry = latency.get(route);
      if (entry === undefined) latency.set(route, (entry = { counts: LATENCY_EDGES.map(() => 0).concat(0), sum: 0 }));
      let bucket = 0;
      while (bucket < LATENCY_EDGES.length && seconds > LATENCY_EDGES[bucket]!) bucket++;
      entry.counts[bucket]!++;
      entry.sum += seconds;
    },
    countPredictions(values, isClass) {
      if (!isClass) return add(predictions, "", values.length);
      for (const value of values) {
        const name = String(value);
        add(predictions, predictions.has(name) || predictions.size < MAX_CLASSES ? name : "other", 1);
      }
    },
    countRejected: (reason) => add(rejected, reason, 1),
    snapshot: (log, memoryBytes) => ({
      requests: Object.fromEntries(requests),
      latency: Object.fromEntries([...latency].map(([route, { counts }]) => [route, [...counts]])),
      latencySum: Object.fromEntries([...latency].map(([route, { sum }]) => [route, sum])),
      predictions: Object.fromEntries(predictions),
      inFlight: self.inFlight,
      refused: self.refused,
      rejected: Object.fromEntries(rejected),
      swaps: self.swaps,
      swapFailures: self.swapFailures,
      log,
      memoryBytes,
      workers: 1,
    }),
  };
  return self;
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

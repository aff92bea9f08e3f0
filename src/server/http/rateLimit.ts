/** A token bucket for each caller: a minute's requests may come at once, then they come evenly. */

const MINUTE_MS = 60_000;

/** Callers remembered; beyond, those whose bucket is full again are forgotten. */
const MOST_CALLERS = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * @param clock milliseconds that only go forward
 * @returns a function that takes one request of a caller: 0, or milliseconds to wait
 */
export function rateLimit(requestsAMinute: number, clock: () => number): (caller: string) => number {
  const buckets = new Map<string, Bucket>();
  const perMs = requestsAMinute / MINUTE_MS;
  const forget = (now: number): void => {
    for (const [caller, { tokens, at }] of buckets) {
      if (tokens + (now - at) * perMs >= requestsAMinute) buckets.delete(caller);
    }
    // All of them busy: the oldest is forgotten, which is kinder than to refuse a new one.
    if (buckets.size >= MOST_CALLERS) buckets.delete(buckets.keys().next().value!);
  };
  return (caller) => {
    const now = clock();
    let bucket = buckets.get(caller);
    if (bucket === undefined) {
      if (buckets.size >= MOST_CALLERS) forget(now);
      buckets.set(caller, (bucket = { tokens: requestsAMinute, at: now }));
    }
    bucket.tokens = Math.min(requestsAMinute, bucket.tokens + (now - bucket.at) * perMs);
    bucket.at = now;
    if (bucket.tokens < 1) return (1 - bucket.tokens) / perMs;
    bucket.tokens--;
    return 0;
  };
}

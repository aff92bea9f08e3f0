/** A token bucket for each caller: allows a minute's requests at once, then an even rate. */

const MINUTE_MS = 60_000;

/** Maximum number of callers remembered; above it, those whose bucket is full again are forgotten. */
const MAX_CALLERS = 10_000;

/**
 * @param clock monotonic, in milliseconds
 * @returns a function that counts one request of a caller and returns 0, or the milliseconds to wait
 */
export function rateLimit(requestsAMinute: number, clock: () => number): (caller: string) => number {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const perMs = requestsAMinute / MINUTE_MS;
  const forget = (now: number): void => {
    for (const [caller, { tokens, at }] of buckets) {
      if (tokens + (now - at) * perMs >= requestsAMinute) buckets.delete(caller);
    }
    // If none is full, forget the oldest caller rather than refuse a new one.
    if (buckets.size >= MAX_CALLERS) buckets.delete(buckets.keys().next().value!);
  };
  return (caller) => {
    const now = clock();
    let bucket = buckets.get(caller);
    if (bucket === undefined) {
      if (buckets.size >= MAX_CALLERS) forget(now);
      buckets.set(caller, (bucket = { tokens: requestsAMinute, at: now }));
    }
    bucket.tokens = Math.min(requestsAMinute, bucket.tokens + (now - bucket.at) * perMs);
    bucket.at = now;
    if (bucket.tokens < 1) return (1 - bucket.tokens) / perMs;
    bucket.tokens -= 1;
    return 0;
  };
}

/** Gives work a signal that ends it after a time, or with the signal of the caller. */

export interface TimeLimit {
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/**
 * A timer of our own: on Node 20 what AbortSignal.any makes of AbortSignal.timeout may be collected as garbage before it
 * fires, and the work waits for ever; before Node 20.3 there is no AbortSignal.any.
 * @param work is given a signal whose reason is a TimeoutError where it took too long
 */
export async function inTime<T>({ timeout, signal }: TimeLimit, work: (stop: AbortSignal) => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const stop = new AbortController();
  const forward = (): void => stop.abort(signal.reason);
  const timer = setTimeout(() => stop.abort(new DOMException("it took too long", "TimeoutError")), timeout);
  signal.addEventListener("abort", forward);
  try {
    return await work(stop.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", forward);
  }
}

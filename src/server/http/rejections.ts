/** Reports requests that a limit refuses or ends: a counter, and one warning a minute for each reason and address. */

const meanings = {
  slow_body: "requests whose body did not arrive in time (serve.limits.body_seconds, stream_bytes_per_second)",
  many_bodies:
    "requests beyond those that may send a body at once (serve.limits.bodies_per_caller, bodies_per_address)",
  slow_reader:
    "connections that did not read their response (serve.limits.body_seconds): a client that sends more than 64 MB has to read meanwhile",
  wrong_token: "requests with a wrong token",
  unknown_host: "requests for a host name that is not in serve.hosts",
};

export type Reason = keyof typeof meanings;

export type Rejections = ReturnType<typeof rejections>;

const WINDOW_MS = 60_000;

const MAX_ADDRESSES = 50;

export function rejections(count: (reason: Reason) => void, warn: (message: string) => void) {
  const unreported = new Map<string, number>();
  const report = (): void => {
    for (const [what, times] of unreported) {
      if (times === 0) unreported.delete(what);
      else {
        warn(`${times} more ${what}`);
        unreported.set(what, 0);
      }
    }
  };
  const timer = setInterval(report, WINDOW_MS).unref();
  return {
    note(reason: Reason, address: string): void {
      count(reason);
      const named = `${meanings[reason]}, from ${address}`;
      const isKnown = unreported.has(named) || unreported.size < MAX_ADDRESSES;
      const what = isKnown ? named : `${meanings[reason]}, from further addresses`;
      const times = unreported.get(what);
      unreported.set(what, times === undefined ? 0 : times + 1);
      if (times === undefined) warn(`refuses ${what}; the next ones are counted for a minute`);
    },
    /** Reports what was not reported yet. */
    close(): void {
      clearInterval(timer);
      report();
    },
  };
}

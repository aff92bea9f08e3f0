/** Messages between the primary process and its workers, and requests that wait for a reply. */
import type { ErrorKind } from "../../core/errors.ts";
import type { PredictionLogStats } from "../../core/records/predictionLog.ts";
import type { MetricsSnapshot } from "../state/metrics.ts";
import type { ListeningFacts } from "./serveApi.ts";

const TIMEOUT_MS = 1000;

export function pendingRequests<Reply>() {
  const open = new Map<number, (reply: Reply) => void>();
  let last = 0;
  return {
    /** @param fallback gives the reply if none arrives in time */
    async request(send: (id: number) => void, fallback: () => Reply): Promise<Reply> {
      const id = ++last;
      const { promise, resolve } = Promise.withResolvers<Reply>();
      const timeout = setTimeout(() => resolve(fallback()), TIMEOUT_MS);
      open.set(id, resolve);
      send(id);
      const reply = await promise;
      clearTimeout(timeout);
      open.delete(id);
      return reply;
    },
    resolve: (id: number, reply: Reply): void => open.get(id)?.(reply),
  };
}

export type FromWorker =
  | { readonly type: "listening"; readonly facts: ListeningFacts }
  | { readonly type: "failed"; readonly kind: ErrorKind; readonly message: string; readonly hint: string | undefined }
  /** Requests the metrics of all workers. */
  | { readonly type: "metrics?"; readonly id: number }
  /** Asks whether the rate limit that all workers share allows a request of this caller. */
  | { readonly type: "rate?"; readonly id: number; readonly caller: string }
  | { readonly type: "snapshot"; readonly id: number; readonly snapshot: MetricsSnapshot }
  /** A change of the prediction log, see TellLog. */
  | { readonly type: "log"; readonly stats: PredictionLogStats; readonly isClosed: boolean };

export type FromPrimary =
  | { readonly type: "stop" }
  | { readonly type: "snapshot?"; readonly id: number }
  | { readonly type: "metrics"; readonly id: number; readonly snapshot: MetricsSnapshot }
  /** `wait` is in milliseconds; 0 if the request is allowed. */
  | { readonly type: "rate"; readonly id: number; readonly wait: number };

/** What the first process and its workers tell each other. */
import type { ErrorKind } from "../core/errors.ts";
import type { MetricsSnapshot } from "./metrics.ts";
import type { ListeningFacts } from "./serveApi.ts";

export type FromWorker =
  | { readonly type: "listening"; readonly facts: ListeningFacts }
  | { readonly type: "failed"; readonly kind: ErrorKind; readonly message: string; readonly hint: string | undefined }
  /** A caller of this worker wants the figures of all. */
  | { readonly type: "metrics?"; readonly id: number }
  /** A request of a caller: does the rate that all workers share allow it? */
  | { readonly type: "rate?"; readonly id: number; readonly caller: string }
  | { readonly type: "snapshot"; readonly id: number; readonly snapshot: MetricsSnapshot };

export type FromPrimary =
  | { readonly type: "stop" }
  | { readonly type: "snapshot?"; readonly id: number }
  | { readonly type: "metrics"; readonly id: number; readonly snapshot: MetricsSnapshot }
  /** Milliseconds; 0 where it is allowed. */
  | { readonly type: "rate"; readonly id: number; readonly wait: number };

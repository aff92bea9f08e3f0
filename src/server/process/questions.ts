/** Questions to another process, told apart by numbers. */
import type { ErrorKind } from "../../core/errors.ts";
import type { MetricsSnapshot } from "../state/metrics.ts";
import type { ListeningFacts } from "./serveApi.ts";

export interface Questions<Answer> {
  /** @param otherwise the answer where none comes in time */
  ask(send: (id: number) => void, otherwise: () => Answer): Promise<Answer>;
  answer(id: number, answer: Answer): void;
}

/** How long an answer is waited for. */
const PATIENCE_MS = 1000;

export function questions<Answer>(): Questions<Answer> {
  const open = new Map<number, (answer: Answer) => void>();
  let last = 0;
  return {
    ask: (send, otherwise) =>
      new Promise((resolve) => {
        const id = ++last;
        const finish = (answer: Answer): void => {
          clearTimeout(late);
          open.delete(id);
          resolve(answer);
        };
        const late = setTimeout(() => finish(otherwise()), PATIENCE_MS);
        open.set(id, finish);
        send(id);
      }),
    answer: (id, answer) => open.get(id)?.(answer),
  };
}

/** What the first process and its workers tell each other. */
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

/** Sends an alert over a channel: a few tries, each after a longer wait; a dead channel is reported, never thrown. */
import type { Alert } from "../core/records/alert.ts";
import { RefusedError, type Channel } from "./channel.ts";
import { FIRST_WAIT_MILLISECONDS } from "./longestWait.ts";
import { maskSecrets } from "./maskSecrets.ts";

export interface Delivery {
  readonly status: "sent" | "failed";
  readonly attempts: number;
  /** Without secrets; null where it was sent. */
  readonly error: string | null;
}

export interface DeliverOptions {
  /** Tries after the first one. */
  readonly retries: number;
  /** Ctrl-C: no further try. */
  readonly signal: AbortSignal;
  /** Waits so many milliseconds. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

export async function deliver(
  channel: Channel,
  alert: Alert,
  { retries, signal, wait }: DeliverOptions,
): Promise<Delivery> {
  let error = "";
  let attempts = 0;
  while (attempts <= retries && !signal.aborted) {
    if (attempts > 0) await wait(FIRST_WAIT_MILLISECONDS * 2 ** (attempts - 1));
    if (signal.aborted) break;
    attempts++;
    try {
      await sendInTime(channel, alert, signal);
      return { status: "sent", attempts, error: null };
    } catch (caught) {
      error = maskSecrets(reasonOf(caught), channel.secrets);
      if (caught instanceof RefusedError) break;
    }
  }
  return { status: "failed", attempts, error: error === "" ? "interrupted" : error };
}

async function sendInTime(channel: Channel, alert: Alert, signal: AbortSignal): Promise<void> {
  const { timeoutMs: timeout } = channel;
  signal.throwIfAborted();
  const stop = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  const late = new Promise<never>((_, reject) => {
    stop.addEventListener("abort", () => {
      reject(new Error(signal.aborted ? "interrupted" : `no answer within ${timeout / 1000} s`));
    });
  });
  await Promise.race([channel.send(alert, stop), late]);
}

/** fetch says only "fetch failed": its cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (error.message !== "fetch failed" || !(cause instanceof Error)) return error.message;
  return cause.message !== "" ? cause.message : String((cause as NodeJS.ErrnoException).code ?? cause.name);
}

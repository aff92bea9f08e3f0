/** Sends an alert over a channel, with retries and exponential backoff. A failed delivery is returned, never thrown. */
import type { Alert } from "../core/records/alert.ts";
import { maskSecrets } from "../core/text/maskSecrets.ts";
import { RefusedError, type Channel, type ChannelParts } from "./channel.ts";
import { command, type CommandSettings } from "./command.ts";
import { email, type EmailSettings } from "./email.ts";
import { pagerDuty, type PagerDutySettings } from "./pagerDuty.ts";
import { webhook, type WebhookSettings } from "./webhook.ts";

export type ChannelSettings = (WebhookSettings | EmailSettings | CommandSettings | PagerDutySettings) & {
  readonly name?: string | undefined;
};

/** @param variables of mlctl.env, for a command that names them */
export function channelOf(
  settings: ChannelSettings,
  timeoutMs: number,
  variables: Readonly<Record<string, string>> = {},
): Channel {
  const parts = (): ChannelParts => {
    if (settings.type === "webhook") return webhook(settings);
    if (settings.type === "pagerduty") return pagerDuty(settings);
    return settings.type === "email" ? email(settings, timeoutMs) : command(settings, variables);
  };
  const { name, ...made } = parts();
  return { ...made, type: settings.type, timeoutMs, name: settings.name ?? name };
}

/** Wait before the first retry; doubles with each further one. */
const FIRST_WAIT_MILLISECONDS = 500;

export interface Delivery {
  readonly status: "sent" | "failed";
  readonly attempts: number;
  /** Without secrets; null if it was sent. */
  readonly error: string | null;
}

export interface DeliverOptions {
  /** Attempts after the first one. */
  readonly retries: number;
  /** Ctrl-C: no further attempts. */
  readonly signal: AbortSignal;
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

/** Total wait between all attempts, in milliseconds. */
export function totalWait(retries: number): number {
  return FIRST_WAIT_MILLISECONDS * (2 ** retries - 1);
}

async function sendInTime(channel: Channel, alert: Alert, signal: AbortSignal): Promise<void> {
  const { timeoutMs: timeout } = channel;
  signal.throwIfAborted();
  const stop = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
  const late = new Promise<never>((_, reject) => {
    stop.addEventListener("abort", () => {
      reject(new Error(signal.aborted ? "interrupted" : `no response within ${timeout / 1000} s`));
    });
  });
  await Promise.race([channel.send(alert, stop), late]);
}

/** fetch fails with the message "fetch failed"; the reason is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (error.message !== "fetch failed" || !(cause instanceof Error)) return error.message;
  return cause.message !== "" ? cause.message : String((cause as NodeJS.ErrnoException).code ?? cause.name);
}

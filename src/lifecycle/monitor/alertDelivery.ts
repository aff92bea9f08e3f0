/** Sends the messages that wait for a channel, in order; processes that keep running try one that failed again. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { isReadable, requireVariables } from "../../config/unsetValues.ts";
import type { Config } from "../../config/schema/schema.ts";
import { fileVariables } from "../../config/variablesFile.ts";
import { attempt, recover, type MlctlError } from "../../core/errors.ts";
import type { Alert } from "../../core/records/alert.ts";
import { counted, milliseconds, present, shortTime } from "../../core/text/format.ts";
import { nextTry, testAlert, withDelivery, withLease } from "../../monitoring/alertMessage.ts";
import { RefusedError, type Channel } from "../../notify/channel.ts";
import { channelOf, deliver, totalWait, type Delivery } from "../../notify/deliver.ts";
import { noAlerts } from "../../monitoring/alertState.ts";
import { changeAlertState, savedState } from "../alertState.ts";
import type { Workspace } from "../workspace.ts";

export interface ConfiguredChannel {
  readonly channel: Channel;
  readonly settings: Config["alerts"][number];
}

/**
 * The channels of config.json; one that cannot be used fails each of its messages with the reason. Repeated names get a
 * number, e.g. for two webhooks of one host.
 */
export async function channelsOf({ config, configPath, trust }: Workspace): Promise<ConfiguredChannel[]> {
  const variables = config.alerts.some(({ type }) => type === "command") ? fileVariables(configPath) : {};
  const used = new Map<string, number>();
  return config.alerts.map((settings, i) => {
    const refusal = trust.refusal(`alerts.${i}`);
    const usable = attempt(
      () => {
        requireVariables(settings);
        return channelOf(settings, milliseconds(settings.timeout), variables);
      },
      (error) => unusable(settings, error),
    );
    const channel = refusal === undefined ? usable : { ...usable, ...refused(refusal) };
    const count = (used.get(channel.name) ?? 0) + 1;
    used.set(channel.name, count);
    return { settings, channel: count === 1 ? channel : { ...channel, name: `${channel.name} (${count})` } };
  });
}

const UNSET = "set the variable, or correct its name in config.json; `mlctl alerts test` checks the channel";

/** Every message to a channel whose variable is not set fails with that reason; the other channels get theirs. */
function unusable(settings: Config["alerts"][number], problem: MlctlError): Channel {
  const { type } = settings;
  const name = isReadable(settings, "name") ? settings.name : undefined;
  return { type, name: name ?? type, secrets: [], timeoutMs: 1000, ...refused(problem), hint: UNSET };
}

function refused({ message, hint }: MlctlError): Pick<Channel, "hint" | "send"> {
  return { hint, send: () => Promise.reject(new RefusedError(message)) };
}

export interface SentAlert extends Pick<Alert, "change" | "area" | "subject">, Delivery {
  readonly channel: string;
  readonly findings: readonly string[];
}

/** Added to the maximum duration of a delivery, for a busy machine. */
const SPARE_MILLISECONDS = 60_000;

/** How often a process that keeps running looks for messages that wait, also those of other commands. */
const LOOK_MILLISECONDS = 5000;

/** Channels that failed in this process, which leaves them alone until `nextTry`: each dropped file has news. */
const failed = new Set<string>();

/** The configurations whose messages this process keeps sending. */
const kept = new Set<string>();

export function warn({ context }: Workspace, message: string, hint?: string): void {
  context.emit({ type: "warning", stage: "alerts", message, hint });
}

/** Tries again until the returned function is called, or Ctrl-C. */
export function keepSending(workspace: Workspace, look = LOOK_MILLISECONDS): () => Promise<void> {
  const { config, configPath, context } = workspace;
  const end = new AbortController();
  const signal = AbortSignal.any([context.signal, end.signal]);
  const work = async (): Promise<void> => {
    while (!signal.aborted) {
      // Jobs and files report a database that is away.
      await sendAgain(workspace).catch(recover(() => {}));
      await sleep(look, undefined, { signal }).catch(() => {});
    }
  };
  if (config.alerts.length > 0) kept.add(configPath);
  const working = config.alerts.length > 0 ? work() : undefined;
  return async () => {
    end.abort();
    await working;
    kept.delete(configPath);
  };
}

async function sendAgain(workspace: Workspace): Promise<void> {
  const { outbox } = await savedState(workspace);
  for (const configured of await channelsOf(workspace)) {
    const { name } = configured.channel;
    if (outbox[name] === undefined) continue;
    const sent = (await sendWaiting(workspace, configured)).filter(({ status }) => status === "sent").length;
    const message = `${counted(sent, "message")} that waited sent to ${name}`;
    if (sent > 0) workspace.context.emit({ type: "stage", stage: "alerts", message });
  }
}

/** Until one fails: those behind it wait for it. Nothing if this process leaves the channel alone. */
export async function sendWaiting(workspace: Workspace, configured: ConfiguredChannel): Promise<SentAlert[]> {
  const { name } = configured.channel;
  const key = `${workspace.configPath} ${name}`;
  const by = randomUUID();
  const sent: SentAlert[] = [];
  for (;;) {
    const time = workspace.context.now();
    const now = time.toISOString();
    const until = new Date(time.getTime() + longestOf(configured)).toISOString();
    let alert: Alert | undefined;
    await changeAlertState(workspace, (state) => {
      const { failure } = state.outbox[name] ?? {};
      if (failed.has(key) && failure !== undefined && nextTry(failure) > now) return state;
      const lease = withLease(state, name, { by, now, until });
      alert = lease?.alert;
      return lease?.state ?? state;
    });
    if (alert === undefined) return sent;
    const delivery = await send(workspace, configured, alert);
    const { error } = delivery;
    const at = workspace.context.now().toISOString();
    let after = noAlerts;
    await changeAlertState(workspace, (state) => (after = withDelivery(state, name, { by, at, error })));
    const { messages = [], failure } = after.outbox[name] ?? {};
    // Older ones wait before those of this command.
    const reported = error === null ? [alert] : messages.filter((each) => each.at === messages.at(-1)!.at);
    sent.push(...reported.map((each) => ({ ...aboutAlert(configured, each), ...delivery })));
    if (error === null) {
      failed.delete(key);
      continue;
    }
    failed.add(key);
    if (failure !== undefined && kept.has(workspace.configPath)) {
      const waits = `${counted(messages.length, "message")} ${messages.length === 1 ? "waits" : "wait"} for the next try`;
      warnOf(workspace, configured.channel, `${error}; ${waits}, at ${shortTime(nextTry(failure))}`);
    } else warnOf(workspace, configured.channel, error, RESENT);
    return sent;
  }
}

export async function sendTest(workspace: Workspace): Promise<SentAlert[]> {
  const { config, context } = workspace;
  const alert = testAlert(config.name, context.now().toISOString());
  return Array.fromAsync(await channelsOf(workspace), async (configured) => {
    const delivery = await send(workspace, configured, alert);
    if (delivery.error !== null) warnOf(workspace, configured.channel, delivery.error);
    return { ...aboutAlert(configured, alert), ...delivery };
  });
}

function send({ context: { signal } }: Workspace, { channel, settings: { retries } }: ConfiguredChannel, alert: Alert) {
  return deliver(channel, alert, { retries, signal, wait: (time) => sleep(time) });
}

function aboutAlert({ channel }: Pick<ConfiguredChannel, "channel">, { change, area, subject, items }: Alert) {
  return { channel: channel.name, change, area, subject, findings: items.map(({ name }) => name) };
}

const RESENT = "it is sent again with the next alerts, `mlctl alerts test` checks the channel";

function warnOf(workspace: Workspace, { name, type, hint }: Channel, error: string, then?: string): void {
  const message = `could not send an alert to ${name}: ${error}`;
  // The channel has no fault.
  if (error.startsWith("interrupted")) return warn(workspace, message, then);
  const correct = `correct ${keysOf[type]} of this entry of "alerts" in config.json`;
  const isSilent = type !== "command" && SILENCE.test(error);
  const advice = isSilent ? `the receiver does not answer: start it, or ${correct}` : correct;
  // An HTTP status from 500 on.
  const found = error.startsWith("response 5") ? "the receiver has a fault" : advice;
  warn(workspace, message, hint ?? present([found, then]).join("; "));
}

const SILENCE = /ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ETIMEDOUT|other side closed|^no response within/;

const keysOf: Readonly<Record<Channel["type"], string>> = {
  webhook: '"url" or "headers"',
  email: '"smtp", "from" or "to"',
  command: '"command"',
  pagerduty: '"routing_key" or "url"',
};

/** How long a delivery may take, in milliseconds. */
function longestOf({ channel, settings: { retries } }: ConfiguredChannel): number {
  return SPARE_MILLISECONDS + (retries + 1) * channel.timeoutMs + totalWait(retries);
}

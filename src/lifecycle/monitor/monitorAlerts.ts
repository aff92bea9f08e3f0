/** Sends an alert for each change to each channel, once. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { milliseconds, listed } from "../../core/text/format.ts";
import { isReadable, requireVariables } from "../../config/unsetValues.ts";
import type { Config } from "../../config/schema/schema.ts";
import { fileVariables } from "../../config/variablesFile.ts";
import type { Alert, AlertFinding, AlertNews } from "../../core/records/alert.ts";
import { alertsOf, deployedAlert, testAlert } from "../../monitoring/alertMessage.ts";
import {
  changesFor,
  laterWindow,
  newsOf,
  unsentWarnings,
  withPending,
  withRecord,
  withSettled,
} from "../../monitoring/alertState.ts";
import { attempt, type MlctlError } from "../../core/errors.ts";
import { RefusedError, type Channel } from "../../notify/channel.ts";
import { deliver, totalWait, type Delivery } from "../../notify/deliver.ts";
import { changeAlertState } from "./savedAlerts.ts";
import { currentDeployment } from "../../storage/deployment/currentDeployment.ts";
import { reading } from "../session.ts";
import type { Workspace } from "../workspace.ts";

export interface SentAlert extends Pick<Alert, "change" | "area" | "subject">, Delivery {
  readonly channel: string;
  readonly findings: readonly string[];
}

interface ConfiguredChannel {
  readonly channel: Channel;
  readonly settings: Config["alerts"][number];
}

/** Added to the maximum duration of a delivery, for a busy machine. */
const SPARE_MILLISECONDS = 60_000;

/** How long watch and other long processes leave a channel alone that failed; each dropped file has news. */
const REST_MILLISECONDS = 300_000;

/** When a channel of a workspace failed last in this process; -Infinity once it accepts a message. */
const failures = new Map<string, number>();

/**
 * Works without the workspace lock, so that a slow channel does not block other commands. Changes are marked as pending
 * before they are sent and settled afterwards, under the alert lock, so that only one of two processes sends them. The
 * mark of a killed process expires. A failed delivery is tried again next time; it never fails the command.
 */
export async function sendAlerts(workspace: Workspace, records: readonly AlertNews[]): Promise<SentAlert[]> {
  const all = await channelsOf(workspace);
  if (all.length === 0) return [];
  const channels = all.filter(({ channel }) => !isResting(workspace, channel));
  const sent = await sendDeployment(workspace, all, false);
  const unsent = new Set<string>();
  for (const record of records) {
    const { messages, warnings } = await planned(workspace, record, { channels, all });
    for (const { area, name } of warnings) unsent.add(`${area}: ${name}`);
    for (const message of messages) {
      const delivered = await send(workspace, message.configured, message.alert);
      sent.push(delivered);
      const sentAt = delivered.status === "sent" ? message.alert.at : null;
      const { keys, by, configured } = message;
      await changeAlertState(workspace, (state) => withSettled(state, configured.channel.name, { keys, by, sentAt }));
    }
  }
  // Else nobody learns why a channel that accepts its test message stays silent.
  if (unsent.size > 0) {
    const which = `${unsent.size === 1 ? "1 warning was" : `${unsent.size} warnings were`} not sent`;
    const message = `${which} (${listed([...unsent], 5)}): the channels in "alerts" report failures only`;
    warn(
      workspace,
      message,
      'set "level": "warn" in an entry of "alerts" in config.json, or mute what needs no message',
    );
  }
  return sent;
}

function isResting(workspace: Workspace, channel: Channel): boolean {
  return (failures.get(keyOf(workspace, channel)) ?? -Infinity) > workspace.context.now().getTime() - REST_MILLISECONDS;
}

function keyOf({ configPath }: Workspace, { name }: Channel): string {
  return `${configPath} ${name}`;
}

function warn({ context }: Workspace, message: string, hint: string): void {
  context.emit({ type: "warning", stage: "alerts", message, hint });
}

async function planned(
  workspace: Workspace,
  record: AlertNews,
  { channels, all }: Readonly<Record<"channels" | "all", readonly ConfiguredChannel[]>>,
) {
  const { config, context } = workspace;
  const messages: { configured: ConfiguredChannel; alert: Alert; keys: readonly string[]; by: string }[] = [];
  let warnings: readonly AlertFinding[] = [];
  let later: string | null = null;
  await changeAlertState(workspace, (before) => {
    let state = withRecord(before, record);
    const at = context.now().toISOString();
    later = laterWindow(state, record);
    warnings = unsentWarnings(state, record, { channels: all.map(({ settings }) => settings), now: at });
    for (const configured of channels) {
      const { channel, settings } = configured;
      const changes = changesFor(state, { name: channel.name, on: settings.on, level: settings.level }, at);
      for (const { alert, keys } of alertsOf(changes, { project: config.name, record, at }))
        messages.push({ configured, alert, keys, by: randomUUID() });
    }
    const longest = longestOf(messages.map(({ configured }) => configured));
    const until = new Date(context.now().getTime() + longest).toISOString();
    for (const { configured, keys, by } of messages)
      state = withPending(state, configured.channel.name, { keys, by, until });
    return state;
  });
  if (later !== null) {
    const message = `the open alerts of ${later} stay open: ${record.window?.label} ends earlier`;
    warn(workspace, message, "a later window resolves them, or the same one with corrected rows");
  }
  return { messages, warnings };
}

async function send(workspace: Workspace, { channel, settings }: ConfiguredChannel, alert: Alert): Promise<SentAlert> {
  const { context } = workspace;
  const { status, attempts, error } = await deliver(channel, alert, {
    retries: settings.retries,
    signal: context.signal,
    wait: async (time) => void (await sleep(time)),
  });
  failures.set(keyOf(workspace, channel), error === null ? -Infinity : context.now().getTime());
  if (error !== null) {
    const message = `could not send an alert to ${channel.name}: ${error}`;
    const correct = `correct ${keysOf[channel.type]} of this entry of "alerts" in config.json`;
    const check = alert.area === "test" ? "" : ", then check it with `mlctl alerts test`";
    warn(workspace, message, channel.hint ?? `${correct}${check}`);
  }
  const { change, area, subject, items } = alert;
  const findings = items.map(({ name }) => name);
  return { channel: channel.name, change, area, subject, findings, status, attempts, error };
}

const keysOf: Readonly<Record<Channel["type"], string>> = {
  webhook: '"url" or "headers"',
  email: '"smtp", "from" or "to"',
  command: '"command"',
  pagerduty: '"routing_key" or "url"',
};

export async function sendTest(workspace: Workspace): Promise<SentAlert[]> {
  const { config, context } = workspace;
  const alert = testAlert(config.name, context.now().toISOString());
  const sent: SentAlert[] = [];
  for (const configured of await channelsOf(workspace)) sent.push(await send(workspace, configured, alert));
  return sent;
}

/** Notifies the channels with "deployed" in `on` that production switched. Call it without the workspace lock. */
export async function announceDeployment(workspace: Workspace): Promise<SentAlert[]> {
  return sendDeployment(workspace, await channelsOf(workspace), true);
}

/** Sends the message about the current deployment to each channel that has not accepted it; to a resting one later. */
async function sendDeployment(
  workspace: Workspace,
  channels: readonly ConfiguredChannel[],
  isNew: boolean,
): Promise<SentAlert[]> {
  const wanted = channels.filter(({ settings }) => settings.on.includes("deployed"));
  const deployment = wanted.length === 0 ? undefined : currentDeployment(workspace.paths.production);
  if (deployment === undefined) return [];
  const { deployedAt: at } = deployment;
  const now = workspace.context.now();
  const until = new Date(now.getTime() + longestOf(wanted)).toISOString();
  let due: readonly ConfiguredChannel[] = [];
  await changeAlertState(workspace, (state) => {
    const { waiting } = newsOf(state, { at, isNew, channels: wanted.map(({ channel }) => channel.name) }) ?? {};
    if (waiting === undefined) return state;
    const isDue = ({ name }: Channel): boolean => (waiting[name] ?? "~") <= now.toISOString();
    due = wanted.filter(({ channel }) => isDue(channel) && (isNew || !isResting(workspace, channel)));
    const sending = due.map(({ channel }) => [channel.name, until]);
    return { ...state, deployment: { at, waiting: { ...waiting, ...Object.fromEntries(sending) } } };
  });
  if (due.length === 0) return [];
  const { name } = workspace.config;
  const alert = await reading(workspace, ({ store }) =>
    deployedAlert(name, deployment, (id) => store.run(id)?.modelVersion ?? null),
  );
  const sent: SentAlert[] = [];
  for (const configured of due) {
    const delivered = await send(workspace, configured, alert);
    sent.push(delivered);
    await changeAlertState(workspace, (state) => {
      if (state.deployment?.at !== at) return state;
      const { [delivered.channel]: _, ...others } = state.deployment.waiting;
      const waiting = delivered.status === "sent" ? others : { ...others, [delivered.channel]: "" };
      return { ...state, deployment: { at, waiting } };
    });
  }
  return sent;
}

/** Messages are sent one after another, so a mark must last as long as all deliveries together. */
function longestOf(messages: readonly ConfiguredChannel[]): number {
  return messages.reduce(
    (sum, { channel, settings: { retries } }) => sum + (retries + 1) * channel.timeoutMs + totalWait(retries),
    SPARE_MILLISECONDS,
  );
}

/** The configured channels. Repeated names get a number, e.g. for two webhooks of one host. */
async function channelsOf({ config, configPath, trust }: Workspace): Promise<ConfiguredChannel[]> {
  if (config.alerts.length === 0) return [];
  const { channelOf } = await import("../../notify/channelOf.ts");
  const variables = config.alerts.some(({ type }) => type === "command") ? fileVariables(configPath) : {};
  const used = new Map<string, number>();
  return config.alerts.map((settings, i) => {
    const problem = attempt(
      () => requireVariables(settings),
      (error) => error,
    );
    const refusal = trust.refusal(`alerts.${i}`);
    const usable =
      problem === undefined
        ? channelOf(settings, milliseconds(settings.timeout), variables)
        : unusable(settings, problem);
    const channel = refusal === undefined ? usable : { ...usable, ...refused(refusal) };
    const count = (used.get(channel.name) ?? 0) + 1;
    used.set(channel.name, count);
    return { settings, channel: count === 1 ? channel : { ...channel, name: `${channel.name} (${count})` } };
  });
}

/** Every message to a channel whose variable is not set fails with that reason; the other channels get theirs. */
function unusable(settings: Config["alerts"][number], problem: MlctlError): Channel {
  const { type } = settings;
  const name = isReadable(settings, "name") ? settings.name : undefined;
  return { type, name: name ?? type, secrets: [], timeoutMs: 1000, ...refused(problem) };
}

function refused({ message, hint }: MlctlError): Pick<Channel, "hint" | "send"> {
  return { hint, send: () => Promise.reject(new RefusedError(message)) };
}

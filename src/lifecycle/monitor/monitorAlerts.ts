/** Sends an alert for each change to each channel, once. */
import { counted, listed } from "../../core/text/format.ts";
import type { Alert, AlertFinding, AlertNews } from "../../core/records/alert.ts";
import { alertsOf, deployedAlert, MOST_MESSAGES, withMessages } from "../../monitoring/alertMessage.ts";
import {
  changesFor,
  laterWindow,
  unsentWarnings,
  withoutRepeats,
  withRecord,
  type AlertState,
  type Listener,
} from "../../monitoring/alertState.ts";
import { changeAlertState, savedState } from "../alertState.ts";
import { channelsOf, sendWaiting, warn, type ConfiguredChannel, type SentAlert } from "./alertDelivery.ts";
import { REJECTED } from "./monitorRecord.ts";
import { currentDeployment, deploymentHistory } from "../../storage/deployment/currentDeployment.ts";
import { reading } from "../session.ts";
import type { Workspace } from "../workspace.ts";

/**
 * Works without the workspace lock, so that a slow channel does not block other commands. Messages are kept in the alert
 * state until their channel accepts them, and sent in order. One process at a time sends to a channel; the mark of a
 * killed one expires. A failed delivery never fails the command; see `sendWaiting` for when it is tried again.
 */
export async function sendAlerts(workspace: Workspace, records: readonly AlertNews[]): Promise<SentAlert[]> {
  const channels = await channelsOf(workspace);
  if (channels.length === 0) return [];
  await queueDeployments(workspace, channels);
  await queueAlerts(workspace, records);
  const sent = await Array.fromAsync(channels, (configured) => sendWaiting(workspace, configured));
  return sent.flat();
}

/** For `sendAlerts`, which need not follow: a process that is killed before it sends loses no message. */
export async function queueAlerts(workspace: Workspace, records: readonly AlertNews[]): Promise<void> {
  const channels = await channelsOf(workspace);
  if (channels.length === 0) return;
  const listeners = channels.map(({ channel: { name }, settings: { on, level } }) => ({ name, on, level }));
  const unsent = new Set<string>();
  for (const record of records) {
    const warnings = await queueChanges(workspace, record, listeners);
    for (const { area, name } of warnings) unsent.add(`${area}: ${name}`);
  }
  if (unsent.size === 0) return;
  // Else nobody learns why a channel that accepts its test message stays silent.
  const which = `${unsent.size === 1 ? "1 warning was" : `${unsent.size} warnings were`} not sent`;
  const message = `${which} (${listed([...unsent], 5)}): the channels in "alerts" report failures only`;
  warn(workspace, message, 'set "level": "warn" in an entry of "alerts" in config.json, or mute what needs no message');
}

/** @returns warnings that no channel is sent */
async function queueChanges(
  workspace: Workspace,
  given: AlertNews,
  listeners: readonly Listener[],
): Promise<readonly AlertFinding[]> {
  const record = { ...given, findings: given.findings.filter(({ name }) => name !== REJECTED) };
  let warnings: readonly AlertFinding[] = [];
  let later: string | null = null;
  await changeAlertState(workspace, (before) => {
    let state = withRecord(before, withoutRepeats(before, record, listeners));
    const at = workspace.context.now().toISOString();
    later = laterWindow(state, record);
    warnings = unsentWarnings(state, record, { channels: listeners, now: at });
    for (const listener of listeners) {
      const changes = changesFor(state, listener, at);
      const messages = alertsOf(changes, { project: workspace.config.name, at });
      const keys = changes.map(({ key }) => key);
      state = queue(workspace, state, listener.name, { messages, keys });
    }
    return state;
  });
  if (later !== null) {
    const message = `the open alerts of ${later} stay open: ${record.window?.label} ends earlier`;
    warn(workspace, message, "a later window resolves them, or the same one with corrected rows");
  }
  return warnings;
}

function queue(
  workspace: Workspace,
  state: AlertState,
  channel: string,
  { messages, keys }: { readonly messages: readonly Alert[]; readonly keys?: readonly string[] },
): AlertState {
  const { state: after, dropped } = withMessages(state, channel, messages, keys);
  if (dropped.length > 0) {
    const names = dropped.map(({ subject }) => subject);
    const message = `${counted(dropped.length, "message")} to ${channel} dropped: more than ${MOST_MESSAGES} wait for it (${listed(names, 3, "; ")})`;
    warn(workspace, message, "`mlctl alerts test` shows why it accepts none");
  }
  return after;
}

/**
 * All deployments since the one that the state knows are news, oldest first: a process may have died after its switch.
 * Those before the first that a channel wanted to know of are none, see `commitDeployment`.
 */
async function queueDeployments(workspace: Workspace, channels: readonly ConfiguredChannel[]): Promise<void> {
  const wanted = channels.filter(({ settings }) => settings.on.includes("deployed"));
  const { production } = workspace.paths;
  const known = wanted.length === 0 ? undefined : (await savedState(workspace)).deployment;
  if (known === undefined || known.at === (currentDeployment(production)?.deployedAt ?? null)) return;
  const { name: project } = workspace.config;
  const alerts = await reading(workspace, ({ store }) =>
    deploymentHistory(production).map((each) =>
      deployedAlert(project, each, (id) => store.run(id)?.modelVersion ?? null),
    ),
  );
  const last = known.at === null ? alerts.length : alerts.findIndex(({ at }) => at === known.at);
  const messages = alerts.slice(0, last === -1 ? 1 : last).toReversed();
  await changeAlertState(workspace, (before) => {
    // Another process queued them meanwhile.
    if (before.deployment?.at !== known.at) return before;
    const state: AlertState = { ...before, deployment: { at: alerts[0]!.at } };
    return wanted.reduce((after, { channel }) => queue(workspace, after, channel.name, { messages }), state);
  });
}

/** Tells people what changed since they were last told: once per change, per channel. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config/schema.ts";
import type { Alert, AlertChange } from "../core/alert.ts";
import type { MonitorArea, MonitorRecord } from "../core/monitoring.ts";
import { alertOf } from "../monitoring/alertOf.ts";
import { changesFor, noAlerts, withRecord, withTold, type AlertState, type Change } from "../monitoring/alertState.ts";
import type { Channel } from "../notify/channel.ts";
import { atomicWrite } from "../storage/atomicWrite.ts";
import { monitoringFolder } from "../storage/workspaceRecord.ts";
import type { Session } from "./session.ts";
import type { Workspace } from "./workspace.ts";

export interface SentAlert {
  readonly channel: string;
  readonly change: AlertChange;
  readonly area: MonitorArea | "test";
  readonly subject: string;
  readonly findings: readonly string[];
  readonly status: "sent" | "failed";
  readonly attempts: number;
  readonly error: string | null;
}

interface ConfiguredChannel {
  readonly channel: Channel;
  readonly settings: Config["alerts"][number];
}

/** A channel that fails is told the same again next time; it never ends the work. */
export async function sendAlerts(session: Session, records: readonly MonitorRecord[]): Promise<SentAlert[]> {
  const channels = await channelsOf(session);
  if (channels.length === 0) return [];
  const before = readAlertState(session);
  let state = before;
  const sent: SentAlert[] = [];
  for (const record of records) {
    state = withRecord(state, record);
    for (const configured of channels) {
      const told = await tell(session, { state, record }, configured);
      state = told.state;
      sent.push(...told.sent);
    }
  }
  if (JSON.stringify(state) !== JSON.stringify(before)) saveAlertState(session, state);
  return sent;
}

async function tell(
  session: Session,
  { state, record }: { readonly state: AlertState; readonly record: MonitorRecord },
  { channel, settings }: ConfiguredChannel,
): Promise<{ readonly state: AlertState; readonly sent: readonly SentAlert[] }> {
  const { config, context } = session;
  const changes = changesFor(state, { name: channel.name, on: settings.on, level: settings.level });
  let current = state;
  const sent: SentAlert[] = [];
  for (const [area, some] of byArea(changes)) {
    const at = context.now().toISOString();
    const alert = alertOf(area, some, { project: config.name, record, at });
    const delivered = await send(session, { channel, settings }, alert);
    sent.push(delivered);
    if (delivered.status !== "sent") continue;
    current = withTold(current, channel.name, { keys: some.map(({ key }) => key), at });
    // At once: whoever is killed now must not say it twice.
    saveAlertState(session, current);
  }
  return { state: current, sent };
}

function byArea(changes: readonly Change[]): Map<MonitorArea, Change[]> {
  const areas = new Map<MonitorArea, Change[]>();
  for (const change of changes) areas.set(change.entry.area, [...(areas.get(change.entry.area) ?? []), change]);
  return areas;
}

async function send(
  { context }: Workspace,
  { channel, settings }: ConfiguredChannel,
  alert: Alert,
): Promise<SentAlert> {
  const { deliver } = await import("../notify/deliver.ts");
  const { status, attempts, error } = await deliver(channel, alert, {
    retries: settings.retries,
    signal: context.signal,
    wait: pause,
  });
  if (error !== null) {
    const message = `${channel.name} was not reached: ${error}`;
    context.emit({ type: "warning", stage: "alerts", message, hint: "`mlctl alerts test` tries it again" });
  }
  const { change, area, subject, items } = alert;
  return {
    channel: channel.name,
    change,
    area,
    subject,
    findings: items.map(({ name }) => name),
    status,
    attempts,
    error,
  };
}

async function pause(time: number): Promise<void> {
  await sleep(time);
}

/** A message to every channel, whatever it listens to. */
export async function sendTest(workspace: Workspace): Promise<SentAlert[]> {
  const { config, context } = workspace;
  const at = context.now().toISOString();
  const subject = `[${config.name}] test: alerts of mlctl arrive here`;
  const lines = [
    "This is a test. An alert says what was found, its value and limit, and in which rows.",
    "",
    `sent at ${at}`,
  ];
  const nothing = { window: null, runId: null, modelVersion: null, items: [] };
  const alert: Alert = {
    change: "test",
    area: "test",
    project: config.name,
    at,
    subject,
    lines,
    ...nothing,
    next: "mlctl monitor",
  };
  const sent: SentAlert[] = [];
  for (const configured of await channelsOf(workspace)) sent.push(await send(workspace, configured, alert));
  return sent;
}

/** Names are told apart: two webhooks of one host are two channels. */
async function channelsOf({ config }: Workspace): Promise<ConfiguredChannel[]> {
  if (config.alerts.length === 0) return [];
  const { channelOf } = await import("../notify/channelOf.ts");
  const used = new Map<string, number>();
  return config.alerts.map((settings) => {
    const channel = channelOf(settings, milliseconds(settings.timeout));
    const count = (used.get(channel.name) ?? 0) + 1;
    used.set(channel.name, count);
    return { settings, channel: count === 1 ? channel : { ...channel, name: `${channel.name} (${count})` } };
  });
}

function milliseconds(text: string): number {
  return Number(text.slice(0, -1)) * (text.endsWith("m") ? 60_000 : 1_000);
}

function statePath({ paths }: Workspace): string {
  return join(monitoringFolder(paths), "alerts.json");
}

/** A damaged state is told and begun anew: an alert too many is better than none. */
export function readAlertState(workspace: Workspace): AlertState {
  const path = statePath(workspace);
  if (!existsSync(path)) return noAlerts;
  try {
    const state = JSON.parse(readFileSync(path, "utf8")) as AlertState;
    if (state.kind === "alert_state" && typeof state.entries === "object" && state.entries !== null) return state;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const message = `${path} is damaged: what is open is told again`;
  workspace.context.emit({ type: "warning", stage: "alerts", message });
  return noAlerts;
}

function saveAlertState(workspace: Workspace, state: AlertState): void {
  atomicWrite(statePath(workspace), `${JSON.stringify(state, null, 2)}\n`);
}

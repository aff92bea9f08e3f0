/** The messages to channels: changes of findings, deployments, a test; those that wait until a channel accepts them. */
import type { Deployment } from "../core/records/lineage.ts";
import type { Alert, AlertArea, AlertChange, AlertItem } from "../core/records/alert.ts";
import type { MonitorWindow } from "../core/records/monitoring.ts";
import { counted, formatNumber } from "../core/text/format.ts";
import { originText, passingSide } from "../core/text/recordText.ts";
import type { AlertState, Change, DeliveryFailure } from "./alertState.ts";

const sides = { "<": "below", "≤": "at most", "≥": "at least" } as const;

/** Most urgent first. */
const order: readonly AlertChange[] = ["open", "worse", "resolved"];

/** A message for each area and origin: what was muted in an earlier window or job is not of this one. */
export function alertsOf(changes: readonly Change[], about: Pick<Alert, "project" | "at">): Alert[] {
  const groups = Map.groupBy(changes, ({ entry: { finding, origin } }) => JSON.stringify([finding.area, origin]));
  return [...groups.values()].map((some) => alertOf(some, about));
}

function alertOf(changes: readonly Change[], { project, at }: Pick<Alert, "project" | "at">): Alert {
  const items = changes
    .map(({ change, entry }): AlertItem => {
      const { name, status, value, limit, passes, message } = entry.finding;
      return { change, name, status, value, limit, passes, message, since: entry.since };
    })
    .toSorted((a, b) => order.indexOf(a.change) - order.indexOf(b.change));
  const { finding, origin } = changes[0]!.entry;
  const { source, createdAt, window, runId, modelVersion, monitorId } = origin;
  const model = modelVersion === null ? "" : `, model v${modelVersion} (run ${runId})`;
  const shown = monitorId === null ? "mlctl alerts list" : `mlctl monitor --show ${monitorId}`;
  return {
    change: items[0]!.change,
    area: finding.area,
    project,
    source,
    at,
    subject: subjectOf(project, finding.area, items),
    lines: [
      ...items.map(lineOf),
      "",
      ...(window === null ? [] : [`window: ${window.label}, ${counted(window.rows, "row")}${model}`]),
      `judged at ${createdAt}`,
    ],
    items,
    window: window && withoutLabels(window),
    runId,
    modelVersion,
    next: { schedule: "mlctl schedule list", ingest: "mlctl doctor" }[source] ?? shown,
  };
}

/** The number of labels is of performance only. */
function withoutLabels({ label, start, end, rows, file }: MonitorWindow): Alert["window"] {
  return { label, start, end, rows, file };
}

/** "[churn] drift: dataset drift 0.62, limit 0.5", "[churn] performance: 3 findings", "[churn] drift resolved: …". */
function subjectOf(project: string, area: AlertArea, items: readonly AlertItem[]): string {
  const urgent = items.filter(({ change }) => change !== "resolved");
  const reported = urgent.length > 0 ? urgent : items;
  const state = urgent.length === 0 ? " resolved" : urgent.some(({ change }) => change === "open") ? "" : " got worse";
  const [first] = reported;
  const summary =
    reported.length === 1
      ? `${first!.name} ${valueText(first!) || first!.message}`
      : `${reported.length} findings: ${reported.map(({ name }) => name).join(", ")}`;
  return `[${project}] ${area}${state}: ${summary}`.trim();
}

function lineOf(item: AlertItem): string {
  const word = item.change === "open" ? (item.status === "warn" ? "WARN" : "FAIL") : item.change.toUpperCase();
  const parts = [valueText(item), item.message].filter((part) => part !== "");
  return `${word} ${item.name}: ${parts.join(" – ")}`;
}

function valueText(item: AlertItem): string {
  const { value, limit } = item;
  const side = passingSide(item);
  if (value === null) return limit === null ? "" : "no value";
  if (limit === null || side === null) return formatNumber(value);
  return `${formatNumber(value)} (limit: ${sides[side]} ${formatNumber(limit)})`;
}

const nothing = { source: null, window: null, runId: null, modelVersion: null, items: [], next: "mlctl monitor" };

export function testAlert(project: string, at: string): Alert {
  const subject = `[${project}] test: this channel receives alerts of mlctl`;
  const what = "This is a test. An alert contains the finding, its value and limit, and the window of rows.";
  return { ...nothing, change: "test", area: "test", project, at, subject, lines: [what, "", `sent at ${at}`] };
}

/** @param versionOf the version of the model of a run; null if it has none */
export function deployedAlert(
  project: string,
  deployment: Deployment,
  versionOf: (runId: string) => number | null,
): Alert {
  const { runId, previousRunId, action, deployedAt: at, metric, value, reasons } = deployment;
  const nameOf = (id: string): string => (versionOf(id) === null ? `run ${id}` : `v${versionOf(id)}`);
  const verb = action === "rollback" ? "rolled back to" : "deployed";
  const replaced = previousRunId === null ? "" : `, replacing ${nameOf(previousRunId)}`;
  const subject = `[${project}] ${verb} ${nameOf(runId)}${replaced}`;
  const lines = [`${metric} ${formatNumber(value)}`, ...reasons, "", `${originText(deployment)}, at ${at}`];
  const undo = action === "rollback" ? `mlctl deploy ${previousRunId} --force` : "mlctl deploy --rollback";
  const next = previousRunId === null ? "mlctl diagnose" : undo;
  const model = { runId, modelVersion: versionOf(runId), next };
  return { ...nothing, change: "info", area: "deployed", project, at, subject, lines, ...model };
}

/** More than these, and the oldest are dropped. */
export const MOST_MESSAGES = 50;

/**
 * Keeps messages until the channel accepts them; the findings in `keys` count as sent.
 * @returns `dropped`, of which the first one kept is none: it may be under way
 */
export function withMessages(
  state: AlertState,
  channel: string,
  messages: readonly Alert[],
  keys: readonly string[] = [],
): { readonly state: AlertState; readonly dropped: readonly Alert[] } {
  if (messages.length === 0) return { state, dropped: [] };
  const entries = { ...state.entries };
  for (const key of keys) {
    const { finding, told } = entries[key]!;
    const { status, value, cause } = finding;
    entries[key] = { ...entries[key]!, told: { ...told, [channel]: { status, value, cause } } };
  }
  const before = state.outbox[channel];
  const [first, ...others] = [...(before?.messages ?? []), ...messages];
  const dropped = others.splice(0, Math.max(0, others.length + 1 - MOST_MESSAGES));
  const outbox = { ...state.outbox, [channel]: { ...before, messages: [first!, ...others] } };
  return { state: { ...state, entries, outbox }, dropped };
}

/** Marks the first message as being sent by `by`. @returns undefined if there is none, or another process sends it */
export function withLease(
  state: AlertState,
  channel: string,
  { by, now, until }: { readonly by: string; readonly now: string; readonly until: string },
): { readonly state: AlertState; readonly alert: Alert } | undefined {
  const box = state.outbox[channel];
  const [alert] = box?.messages ?? [];
  if (alert === undefined || (box?.until ?? "") > now) return undefined;
  return { alert, state: { ...state, outbox: { ...state.outbox, [channel]: { ...box!, by, until } } } };
}

/** Ends the sending: a message that was accepted is taken out; of one that was not, the failure is kept. */
export function withDelivery(
  state: AlertState,
  channel: string,
  { by, at, error }: { readonly by: string; readonly at: string; readonly error: string | null },
): AlertState {
  const { [channel]: box, ...others } = state.outbox;
  if (box?.by !== by) return state;
  const messages = error === null ? box.messages.slice(1) : box.messages;
  if (messages.length === 0) return { ...state, outbox: others };
  if (error === null) return { ...state, outbox: { ...others, [channel]: { messages } } };
  // Other commands try earlier, which makes no wait longer.
  const isLater = box.failure !== undefined && at >= nextTry(box.failure);
  const failure = { at, error, times: (box.failure?.times ?? 1) + (isLater ? 1 : 0) };
  return { ...state, outbox: { ...others, [channel]: { messages, failure } } };
}

/** Wait after a failure; doubles with each further one. */
const [FIRST_WAIT_MILLISECONDS, LONGEST_WAIT_MILLISECONDS] = [15_000, 300_000];

/** When a process that keeps running tries a channel again that failed (ISO 8601). */
export function nextTry({ at, times }: Pick<DeliveryFailure, "at" | "times">): string {
  const wait = Math.min(FIRST_WAIT_MILLISECONDS * 2 ** (times - 1), LONGEST_WAIT_MILLISECONDS);
  return new Date(Date.parse(at) + wait).toISOString();
}

/** Channels that have not accepted a message about the finding yet. */
export function waitingFor({ outbox }: AlertState, key: string): string[] {
  return Object.keys(outbox).filter((channel) =>
    outbox[channel]!.messages.some(({ source, area, items }) =>
      items.some(({ name }) => `${source}/${area}/${name}` === key),
    ),
  );
}

/** Tracks which findings are open and what each channel was last sent, so that each change is sent once. */
import type { AlertArea, AlertChange, AlertFinding, AlertNews, Alert, AlertItem } from "../core/records/alert.ts";
import type { MonitorStatus } from "../core/records/monitoring.ts";
import { formatNumber } from "../core/text/format.ts";
import { passingSide } from "../core/text/recordText.ts";

/** What a channel was last sent. */
interface Reported extends Pick<AlertFinding, "status" | "value"> {
  readonly at: string;
}

/** A message that a process is sending now, without a lock; after `until` (ISO 8601) the process must have died. */
interface Pending extends Omit<Reported, "at"> {
  readonly by: string;
  readonly until: string;
}

export interface Muted {
  /** ISO 8601. */
  readonly until: string;
  readonly reason: string;
}

export interface AlertEntry {
  readonly area: AlertArea;
  readonly finding: AlertFinding;
  /** When the finding got its current status. */
  readonly since: string;
  /** End of the window in which the finding was made; null without a time column. */
  readonly windowEnd: string | null;
  /** Absent in states of earlier versions. */
  readonly windowLabel?: string | null;
  /** By channel. A channel without an entry was never sent anything, which counts as "pass". */
  readonly told: Readonly<Record<string, Reported>>;
  /** Nothing is sent until then. */
  readonly muted?: Muted | null;
  /** By channel; absent if nothing is being sent. */
  readonly pending?: Readonly<Record<string, Pending>>;
}

export interface AlertState {
  readonly kind: "alert_state";
  /** Keyed by `source/area/name` of the finding. */
  readonly entries: Readonly<Record<string, AlertEntry>>;
  /** Absent before the first one that a channel wants to know of. */
  readonly deployment?: DeploymentNews;
}

export interface DeploymentNews {
  /** Time of the last deployment. */
  readonly at: string;
  /** Channels that have not accepted the message about it; until when a process sends it, "" if none does. */
  readonly waiting: Readonly<Record<string, string>>;
}

export const noAlerts: AlertState = { kind: "alert_state", entries: {} };

/** Applies the findings of a record. Skipped findings and findings of an older window change nothing. */
export function withRecord(state: AlertState, { source, findings, window, createdAt }: AlertNews): AlertState {
  const entries = { ...state.entries };
  for (const finding of findings) {
    const key = `${source}/${finding.area}/${finding.name}`;
    const before = entries[key];
    const windowEnd = window?.end ?? null;
    const isOld = windowEnd !== null && (before?.windowEnd ?? "") > windowEnd;
    if (finding.status === "skipped" || isOld) continue;
    const since = before?.finding.status === finding.status ? before.since : createdAt;
    const seen = { area: finding.area, finding, since, windowEnd, windowLabel: window?.label ?? null };
    entries[key] = { ...before, ...seen, told: before?.told ?? {} };
  }
  return { ...state, entries };
}

/** @param check "drift: age", or only its name; of all sources */
export function withMuted(state: AlertState, check: string, muted: Muted | null): AlertState {
  const keys = Object.entries(state.entries).flatMap(([key, { area, finding }]) =>
    [finding.name, `${area}: ${finding.name}`].includes(check) ? [key] : [],
  );
  return changed(state, keys, (entry) => ({ ...entry, muted }));
}

export type Change = { readonly key: string; readonly change: AlertChange; readonly entry: AlertEntry };

interface Listener {
  readonly name: string;
  readonly on: readonly AlertArea[];
  readonly level: "fail" | "warn";
}

/** The changes to send to a channel: opened, worse, resolved. Leaves out those that another process is sending. */
export function changesFor(state: AlertState, { name, on, level }: Listener, now: string): Change[] {
  return Object.entries(state.entries).flatMap(([key, entry]) => {
    const pending = entry.pending?.[name];
    if (!on.includes(entry.area) || (pending !== undefined && pending.until > now)) return [];
    if (entry.muted && entry.muted.until > now) return [];
    const change = changeOf(entry, entry.told[name], level);
    return change === null ? [] : [{ key, change, entry }];
  });
}

/** Marks changes as being sent, so that until `until` no other process sends them. */
export function withPending(
  state: AlertState,
  channel: string,
  { keys, by, until }: { readonly keys: readonly string[]; readonly by: string; readonly until: string },
): AlertState {
  return changed(state, keys, (entry) => {
    const { status, value } = entry.finding;
    return { ...entry, pending: { ...entry.pending, [channel]: { status, value, by, until } } };
  });
}

/** Records that a channel accepted a message, or did not (`sentAt` null). Meanwhile the finding may have changed. */
export function withSettled(
  state: AlertState,
  channel: string,
  { keys, by, sentAt }: { readonly keys: readonly string[]; readonly by: string; readonly sentAt: string | null },
): AlertState {
  return changed(state, keys, (entry) => {
    const { [channel]: pending, ...others } = entry.pending ?? {};
    if (pending?.by !== by) return entry;
    const { pending: _pending, ...rest } = entry;
    const { status, value } = pending;
    const told = sentAt === null ? entry.told : { ...entry.told, [channel]: { status, value, at: sentAt } };
    return { ...rest, told, ...(Object.keys(others).length === 0 ? {} : { pending: others }) };
  });
}

function changed(state: AlertState, keys: readonly string[], change: (entry: AlertEntry) => AlertEntry): AlertState {
  const known = Object.entries(state.entries).filter(([key]) => keys.includes(key));
  return {
    ...state,
    entries: { ...state.entries, ...Object.fromEntries(known.map(([key, entry]) => [key, change(entry)])) },
  };
}

function changeOf({ finding }: AlertEntry, reported: Reported | undefined, level: "fail" | "warn"): AlertChange | null {
  const [now, before] = [severity(finding.status, level), severity(reported?.status ?? "pass", level)];
  if (now > 0 && before === 0) return "open";
  if (now === 0) return before > 0 ? "resolved" : null;
  return now > before || (now === before && isMuchWorse(finding, reported!)) ? "worse" : null;
}

function severity(status: MonitorStatus, level: "fail" | "warn"): number {
  return status === "fail" ? 2 : status === "warn" && level === "warn" ? 1 : 0;
}

/** At least twice as far beyond the limit as when it was last reported. */
function isMuchWorse({ value, limit, passes }: AlertFinding, reported: Reported): boolean {
  if (value === null || limit === null || passes === null || reported.value === null) return false;
  const beyond = (at: number): number => (passes === "at_most" ? at - limit : limit - at);
  return beyond(reported.value) > 0 && beyond(value) >= 2 * beyond(reported.value);
}

/**
 * The news of the current deployment. One that the state does not know is news to all channels; undefined before the
 * first that `isNew`, because it may be older than the settings of the channels.
 */
export function newsOf(
  { deployment }: AlertState,
  { at, channels, isNew }: { readonly at: string; readonly channels: readonly string[]; readonly isNew: boolean },
): DeploymentNews | undefined {
  if (deployment?.at === at || (deployment === undefined && !isNew)) return deployment;
  return { at, waiting: Object.fromEntries(channels.map((name) => [name, ""])) };
}

const sides = { "<": "below", "≤": "at most", "≥": "at least" } as const;

/** Most urgent first. */
const order: readonly AlertChange[] = ["open", "worse", "resolved"];

/** One alert for all changes in an area. */
export function alertOf(
  area: AlertArea,
  changes: readonly Change[],
  { project, record, at }: { readonly project: string; readonly record: AlertNews; readonly at: string },
): Alert {
  const items = changes
    .map(({ change, entry }): AlertItem => {
      const { name, status, value, limit, passes, message } = entry.finding;
      return { change, name, status, value, limit, passes, message, since: entry.since };
    })
    .toSorted((a, b) => order.indexOf(a.change) - order.indexOf(b.change));
  const { window, runId, modelVersion, monitorId } = record;
  const model = modelVersion === null ? "" : `, model v${modelVersion} (run ${runId})`;
  return {
    change: items[0]!.change,
    area,
    project,
    source: record.source,
    at,
    subject: subjectOf(project, area, items),
    lines: [
      ...items.map(lineOf),
      "",
      ...(window === null ? [] : [`window: ${window.label}, ${window.rows} rows${model}`]),
      `judged at ${at}`,
    ],
    items,
    window: window && withoutLabels(window),
    runId,
    modelVersion,
    next:
      record.source === "watch"
        ? "mlctl watch --once"
        : monitorId === null
          ? "mlctl schedule list"
          : `mlctl monitor --show ${monitorId}`,
  };
}

/** The number of labels is of performance only. */
function withoutLabels({ label, start, end, rows, file }: NonNullable<AlertNews["window"]>): Alert["window"] {
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

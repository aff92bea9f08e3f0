/** Which findings are open, and what each channel was told of them: alerts go out once per change. */
import type { AlertChange } from "../core/alert.ts";
import type { MonitorArea, MonitorFinding, MonitorRecord, MonitorStatus } from "../core/monitoring.ts";

/** What a channel was told last. */
export interface Told {
  readonly status: MonitorStatus;
  readonly value: number | null;
  readonly at: string;
}

export interface AlertEntry {
  readonly area: MonitorArea;
  readonly finding: MonitorFinding;
  /** When it came to be as it is: open or not. */
  readonly since: string;
  /** End of the window that says so; null without a time column. */
  readonly windowEnd: string | null;
  /** By channel; whom it was never told thinks all is well. */
  readonly told: Readonly<Record<string, Told>>;
}

/** By source, area and name of the finding. */
export interface AlertState {
  readonly kind: "alert_state";
  readonly entries: Readonly<Record<string, AlertEntry>>;
}

export const noAlerts: AlertState = { kind: "alert_state", entries: {} };

/** What a record says of its findings; one that was skipped, or of an older window, changes nothing. */
export function withRecord(state: AlertState, { source, findings, window, createdAt }: MonitorRecord): AlertState {
  const entries = { ...state.entries };
  for (const finding of findings) {
    const key = `${source}/${finding.area}/${finding.name}`;
    const before = entries[key];
    const isOld = window.end !== null && (before?.windowEnd ?? "") > window.end;
    if (finding.status === "skipped" || isOld) continue;
    const since = before?.finding.status === finding.status ? before.since : createdAt;
    entries[key] = { area: finding.area, finding, since, windowEnd: window.end, told: before?.told ?? {} };
  }
  return { ...state, entries };
}

export interface Change {
  readonly key: string;
  readonly change: AlertChange;
  readonly entry: AlertEntry;
}

/** What a channel has to be told: opened, got worse, resolved. */
export function changesFor(
  state: AlertState,
  channel: { readonly name: string; readonly on: readonly MonitorArea[]; readonly level: "fail" | "warn" },
): Change[] {
  return Object.entries(state.entries).flatMap(([key, entry]) => {
    if (!channel.on.includes(entry.area)) return [];
    const change = changeOf(entry, entry.told[channel.name], channel.level);
    return change === null ? [] : [{ key, change, entry }];
  });
}

/** After a channel took it. */
export function withTold(
  state: AlertState,
  channel: string,
  { keys, at }: { keys: readonly string[]; at: string },
): AlertState {
  const entries = { ...state.entries };
  for (const key of keys) {
    const entry = entries[key];
    if (entry === undefined) continue;
    const { status, value } = entry.finding;
    entries[key] = { ...entry, told: { ...entry.told, [channel]: { status, value, at } } };
  }
  return { ...state, entries };
}

function changeOf({ finding }: AlertEntry, told: Told | undefined, level: "fail" | "warn"): AlertChange | null {
  const [now, before] = [severity(finding.status, level), severity(told?.status ?? "pass", level)];
  if (now > 0 && before === 0) return "open";
  if (now === 0) return before > 0 ? "resolved" : null;
  return now > before || (now === before && isMuchWorse(finding, told!)) ? "worse" : null;
}

function severity(status: MonitorStatus, level: "fail" | "warn"): number {
  return status === "fail" ? 2 : status === "warn" && level === "warn" ? 1 : 0;
}

/** Twice as far beyond the limit as when it was told. */
function isMuchWorse({ value, limit, passes }: MonitorFinding, told: Told): boolean {
  if (value === null || limit === null || passes === null || told.value === null) return false;
  const beyond = (at: number): number => (passes === "at_most" ? at - limit : limit - at);
  return beyond(told.value) > 0 && beyond(value) >= 2 * beyond(told.value);
}

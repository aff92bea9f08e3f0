/** Which findings are open, and what each channel was told of them: alerts go out once per change. */
import type { AlertChange } from "../core/records/alert.ts";
import type { MonitorArea, MonitorFinding, MonitorRecord, MonitorStatus } from "../core/records/monitoring.ts";

/** What a channel was told last. */
export interface Told {
  readonly status: MonitorStatus;
  readonly value: number | null;
  readonly at: string;
}

/** What is being told at this moment, by a process that holds no lock while it waits for the channel. */
export interface Pending {
  readonly status: MonitorStatus;
  readonly value: number | null;
  /** Of the process that tells it. */
  readonly by: string;
  /** ISO 8601: from then on it counts for nothing, because the process is gone. */
  readonly until: string;
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
  /** By channel; absent where nothing is on its way. */
  readonly pending?: Readonly<Record<string, Pending>>;
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
    entries[key] = { ...before, area: finding.area, finding, since, windowEnd: window.end, told: before?.told ?? {} };
  }
  return { ...state, entries };
}

export interface Change {
  readonly key: string;
  readonly change: AlertChange;
  readonly entry: AlertEntry;
}

export interface Listener {
  readonly name: string;
  readonly on: readonly MonitorArea[];
  readonly level: "fail" | "warn";
}

/** What a channel has to be told: opened, got worse, resolved; not what another process is telling it already. */
export function changesFor(state: AlertState, { name, on, level }: Listener, now: string): Change[] {
  return Object.entries(state.entries).flatMap(([key, entry]) => {
    const pending = entry.pending?.[name];
    if (!on.includes(entry.area) || (pending !== undefined && pending.until > now)) return [];
    const change = changeOf(entry, entry.told[name], level);
    return change === null ? [] : [{ key, change, entry }];
  });
}

/** Before a channel is told: until then nobody else tells it. */
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

/**
 * After a channel took it, or did not: then it is told the same again next time. What was told is what was pending;
 * the finding may be another by now.
 */
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
  const entries = { ...state.entries };
  for (const key of keys) {
    const entry = entries[key];
    if (entry !== undefined) entries[key] = change(entry);
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

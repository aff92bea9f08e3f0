/** Tracks which findings are open and what each channel was last sent, so that each change is sent once. */
import type { Alert, AlertArea, AlertChange, AlertFinding, AlertNews, AlertOrigin } from "../core/records/alert.ts";
import { MILLISECONDS_A_DAY, shortTime, listed } from "../core/text/format.ts";
import type { MonitorStatus } from "../core/records/monitoring.ts";

type Reported = Pick<AlertFinding, "status" | "value" | "cause">;

/** Until a time, nothing is sent about a check or a column. */
export interface Mute {
  /** "drift: age", or only "age": the name of a finding, or of a column in it. */
  readonly check: string;
  /** Null: all sources. */
  readonly source: string | null;
  readonly until: string;
  readonly reason: string;
}

export interface AlertEntry {
  readonly finding: AlertFinding;
  /** When the finding got its current status. */
  readonly since: string;
  /** Its status before; absent if it never changed. */
  readonly was?: MonitorStatus;
  /** The newest record that judged it: a message that is sent again later is still about this. */
  readonly origin: AlertOrigin;
  /** By channel, also what waits for it. A channel without an entry was never sent anything, which counts as "pass". */
  readonly told: Readonly<Record<string, Reported>>;
}

export interface AlertState {
  readonly kind: "alert_state";
  /** Keyed by `source/area/name` of the finding. */
  readonly entries: Readonly<Record<string, AlertEntry>>;
  readonly mutes: readonly Mute[];
  /**
   * The last one that channels were sent, or the one before the first that a channel wants to know of (null if that is
   * the first of all); absent until then.
   */
  readonly deployment?: { readonly at: string | null };
  /** By channel: messages that it has not accepted yet. */
  readonly outbox: Readonly<Record<string, Outbox>>;
}

interface Outbox {
  /** Oldest first. */
  readonly messages: readonly Alert[];
  /** A process sends the first one now, without a lock; after `until` (ISO 8601) it must have died. */
  readonly by?: string;
  readonly until?: string;
  /** Absent once the channel accepts a message. */
  readonly failure?: DeliveryFailure;
}

/** The last failure of a channel; `times` in a row, without those before the time of the next try. */
export interface DeliveryFailure {
  readonly at: string;
  readonly error: string;
  readonly times: number;
}

export const noAlerts: AlertState = { kind: "alert_state", entries: {}, mutes: [], outbox: {} };

const MONTH = 31 * MILLISECONDS_A_DAY;

/**
 * Applies the findings of a record. Skipped findings and findings of an older window change nothing. One that is not in the
 * record is resolved: its check is no longer configured, or has a finding only while something is wrong.
 */
export function withRecord(state: AlertState, record: AlertNews): AlertState {
  const { source, findings, window, createdAt, runId, modelVersion, monitorId } = record;
  const origin = { source, createdAt, runId, modelVersion, monitorId, window };
  // Each rejected file of watch and ingest has an entry.
  const isKept = ({ finding, since }: AlertEntry): boolean =>
    finding.area !== "job" || isOpen(finding) || Date.parse(since) > Date.parse(createdAt) - MONTH;
  const entries = Object.fromEntries(Object.entries(state.entries).filter(([, each]) => isKept(each)));
  for (const finding of [...findings, ...goneFindings(state, record)]) {
    const key = `${source}/${finding.area}/${finding.name}`;
    const before = entries[key];
    const isNew = before === undefined || before.finding.status !== finding.status;
    const isFineJob = before === undefined && finding.area === "job" && !isOpen(finding);
    if (finding.status === "skipped" || isFineJob || isOlder(origin, before?.origin)) continue;
    const was = isNew ? before?.finding.status : before.was;
    const since = isNew ? createdAt : before.since;
    entries[key] = { finding, since, ...(was && { was }), origin, told: before?.told ?? {} };
  }
  return { ...state, entries };
}

function isOlder({ window, createdAt }: AlertOrigin, before: AlertOrigin | undefined): boolean {
  // The same window may end earlier once its rows are corrected.
  if (!window?.end || !before?.window?.end || before.window.label === window.label) return false;
  const [end, lastEnd] = [Date.parse(window.end), Date.parse(before.window.end)];
  // A window in the far future is a mistake in the data and must not make all later ones old; one of a month may go on.
  return lastEnd > end && lastEnd <= Date.parse(createdAt) + MONTH;
}

/** A job that --fail-on ended has not failed where all channels that jobs are sent to are sent its finding, which is open. */
export function withoutRepeats(
  { entries }: AlertState,
  news: AlertNews,
  channels: readonly Pick<Listener, "on">[],
): AlertNews {
  const listening = channels.filter(({ on }) => on.includes("job"));
  const findings = news.findings.map((finding): AlertFinding => {
    const { endedBy: ended } = finding;
    const isOpenFailure = Object.values(entries).some(
      (each) => each.finding.area === ended && each.finding.status === "fail",
    );
    if (ended === undefined || !isOpenFailure || !listening.every(({ on }) => on.includes(ended))) return finding;
    return { ...finding, status: "pass", message: `ran, and found a problem in ${ended}` };
  });
  return { ...news, findings };
}

function goneFindings({ entries }: AlertState, { source, findings, monitorId }: AlertNews): AlertFinding[] {
  // The news of a job are only about that job; those of an ingestion are about all files.
  if (monitorId === null && source !== "ingest") return [];
  const message = monitorId === null ? "is no longer rejected" : "no longer found";
  const judged = new Set(findings.flatMap(({ area, status }) => (status === "skipped" ? [] : [area])));
  const present = new Set(findings.map(({ area, name }) => `${source}/${area}/${name}`));
  return Object.entries(entries).flatMap(([key, { finding, origin }]) =>
    origin.source === source && judged.has(finding.area) && isOpen(finding) && !present.has(key)
      ? [{ ...finding, status: "pass" as const, message }]
      : [],
  );
}

/** The later window whose findings stay open, because the record is of an earlier one; null if there is none. */
export function laterWindow({ entries }: AlertState, { source, window }: AlertNews): string | null {
  const later = Object.values(entries).find(
    ({ finding, origin }) =>
      origin.source === source && isOpen(finding) && (origin.window?.end ?? "") > (window?.end ?? "~"),
  );
  return later?.origin.window?.label ?? null;
}

export function isOpen({ status }: Pick<AlertFinding, "status">): boolean {
  return status === "fail" || status === "warn";
}

interface MutedAt {
  readonly source: string;
  readonly now: string;
}

/** The finding; its message says until when it is muted, or which of its columns are. */
export function withMutes<T extends AlertFinding>(state: Pick<AlertState, "mutes">, finding: T, at: MutedAt): T {
  const { area, columns = [], message } = finding;
  const mute = muteOf(state, finding, at);
  const muted = columns.filter((name) => muteOf(state, { area, name }, at) !== null);
  const note =
    mute !== null
      ? `muted until ${shortTime(mute.until)}`
      : muted.length > 0 && `muted: ${listed(muted.map((name) => `"${name}"`))}`;
  return note === false ? finding : { ...finding, message: message === "" ? note : `${message}; ${note}` };
}

/** The mute that holds for a finding; of one about columns, all of them must be muted. */
export function muteOf(
  { mutes }: Pick<AlertState, "mutes">,
  { area, name, columns = [] }: Pick<AlertFinding, "area" | "name" | "columns">,
  { source, now }: MutedAt,
): Mute | null {
  const active = mutes.filter((mute) => mute.until > now && (mute.source ?? source) === source);
  const by = (each: string) => active.find(({ check }) => check === each || check === `${area}: ${each}`);
  return by(name) ?? (columns.every(by) ? by(columns[0] ?? "") : undefined) ?? null;
}

export type Change = { readonly key: string; readonly change: AlertChange; readonly entry: AlertEntry };

export interface Listener {
  readonly name: string;
  readonly on: readonly AlertArea[];
  readonly level: "fail" | "warn";
}

/** The changes to send to a channel: opened, worse, resolved. */
export function changesFor(state: AlertState, { name, on, level }: Listener, now: string): Change[] {
  return Object.entries(state.entries).flatMap(([key, entry]) => {
    const at = { source: entry.origin.source, now };
    if (!on.includes(entry.finding.area) || muteOf(state, entry.finding, at) !== null) return [];
    const change = changeOf(entry, entry.told[name], level);
    return change === null ? [] : [{ key, change, entry: { ...entry, finding: withMutes(state, entry.finding, at) } }];
  });
}

/** Warnings that no channel is sent: those that listen to their area all report failures only. */
export function unsentWarnings(
  state: AlertState,
  { findings, source }: AlertNews,
  { channels, now }: { readonly channels: readonly Omit<Listener, "name">[]; readonly now: string },
): AlertFinding[] {
  return findings.filter((finding) => {
    if (finding.status !== "warn" || muteOf(state, finding, { source, now }) !== null) return false;
    const levels = channels.flatMap(({ on, level }) => (on.includes(finding.area) ? [level] : []));
    return levels.length > 0 && !levels.includes("warn");
  });
}

function changeOf({ finding }: AlertEntry, reported: Reported | undefined, level: "fail" | "warn"): AlertChange | null {
  const [now, before] = [severity(finding.status, level), severity(reported?.status ?? "pass", level)];
  if (now > 0 && before === 0) return "open";
  if (now === 0) return before > 0 ? "resolved" : null;
  if (finding.cause !== undefined && finding.cause !== reported?.cause) return "open";
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

/** Builds and saves the record of one window: findings, rows, model and settings. */
import type {
  MonitorArea,
  MonitorFinding,
  MonitorRecord,
  MonitorStatus,
  MonitorWindow,
} from "../../core/records/monitoring.ts";
import { judgeWindow } from "../../monitoring/judgeWindow.ts";
import { labelledRows } from "../../monitoring/performanceReport.ts";
import { selectPrepared, type PreparedRows } from "../../monitoring/prepareRows.ts";
import type { Season } from "../../monitoring/seasonalDrift.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import { sha256Text } from "../../storage/files/sha256.ts";
import type { LoadedModel } from "../loadModel.ts";
import type { NamedReference } from "./monitorReference.ts";
import type { WatchedRows } from "./monitorRows.ts";
import { settingsHash, type MonitorSettings } from "./monitorSettings.ts";
import { isHistory, type PlannedWindow, type WindowRequest } from "./monitorWindows.ts";
import type { Session } from "../session.ts";
import { exitCodes } from "../../core/errors.ts";

export interface ReadyRows {
  readonly watched: WatchedRows;
  readonly prepared: PreparedRows;
  /** 1 for each row that the model was trained on; null if there is none. */
  readonly trained: Uint8Array | null;
}

export interface Judging {
  readonly loaded: LoadedModel;
  readonly reference: NamedReference;
  readonly settings: MonitorSettings;
}

export function monitorRecord(
  session: Session,
  { watched, prepared, trained, window, request }: ReadyRows & { window: PlannedWindow; request: WindowRequest },
  judging: Judging,
): MonitorRecord {
  const { config, context, store } = session;
  const { loaded, reference, settings } = judging;
  const rows = window.rows.length === prepared.table.rowCount ? prepared : selectPrepared(prepared, window.rows);
  const now = context.now().getTime();
  const end = request.until ?? (isHistory(request) ? Math.min(window.end ?? now, now) : now);
  const season = reference.seasonOf?.(window) ?? null;
  const judged = judgeWindow(rows, { ...settings, reference: reference.reference, season, end });
  const described = describeWindow(watched, window, rows);
  const settingsSha256 = settingsHash(config, settings.segments);
  // A time window is identified by its bounds, because labels may arrive in other files.
  const place = isTimed(config.monitor.window) ? [described.start, described.end] : [watched.name, described.label];
  const id = [watched.source, place, loaded.sha256, settingsSha256];
  const monitorId = sha256Text(JSON.stringify(id)).slice(0, 12);
  const before = store.monitoring(monitorId);
  return {
    kind: "monitor",
    monitorId,
    createdAt: context.now().toISOString(),
    source: watched.source,
    window: described,
    runId: loaded.run?.runId ?? null,
    modelVersion: loaded.run?.modelVersion ?? null,
    modelSha256: loaded.sha256,
    settingsSha256,
    reference: comparedTo(reference, season),
    ...judged,
    findings: withTrained(judged.findings, trained === null ? 0 : sumAt(trained, window.rows), window.rows.length),
    statements: statementsOf(before, described),
  };
}

function sumAt(marks: Uint8Array, rows: Int32Array): number {
  return rows.reduce((sum, row) => sum + marks[row]!, 0);
}

/** A performance on training rows is no evidence, so its findings say so wherever they are shown. */
function withTrained(findings: readonly MonitorFinding[], trained: number, rows: number): readonly MonitorFinding[] {
  if (trained === 0) return findings;
  const note = `the model was trained on ${trained === rows ? "all" : trained} of these ${rows} rows`;
  return findings.map((each) =>
    each.area === "performance" && each.status !== "skipped"
      ? { ...each, message: each.message === "" ? note : `${each.message}; ${note}` }
      : each,
  );
}

/** The reference used for drift: the season, or the training rows if no earlier year has rows of these days. */
function comparedTo({ name, reference, seasonOf }: NamedReference, season: Season | null): MonitorRecord["reference"] {
  if (season !== null) return { name, rows: season.reference.rows };
  return { name: seasonOf === undefined ? name : "training", rows: reference.rows };
}

function isTimed(window: string | null): boolean {
  return window !== null && window !== "file" && !window.endsWith(" rows");
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function describeWindow(
  watched: WatchedRows,
  { label, start, end, rows }: PlannedWindow,
  prepared: PreparedRows,
): MonitorWindow {
  return {
    label: label === "all rows" ? watched.name : label,
    start: iso(start),
    end: iso(end),
    rows: rows.length,
    labelled: labelledRows(prepared).length,
    file: watched.file,
  };
}

/** Earlier results of the window; the previous one is added if rows or labels arrived since. */
function statementsOf(
  before: MonitorRecord | undefined,
  { rows, labelled }: MonitorWindow,
): MonitorRecord["statements"] {
  if (before === undefined) return [];
  if (before.window.rows === rows && before.window.labelled === labelled) return before.statements;
  const { createdAt, window, performance } = before;
  return [
    ...before.statements,
    { asOf: createdAt, rows: window.rows, labelled: window.labelled, value: performance.value },
  ];
}

/** Saves the record, unless it only differs in its time: the record keeps the time of the first equal result. */
export async function keepRecord(session: Session, record: MonitorRecord): Promise<void> {
  const before = session.store.monitoring(record.monitorId);
  const text = JSON.stringify({ ...record, createdAt: before?.createdAt });
  if (before !== undefined && text === JSON.stringify(before)) return;
  await saveRecord(session, record);
}

/** The fields of a record that the result shows. */
export function recordResult({
  kind: _kind,
  createdAt,
  settingsSha256: _settings,
  spread: _spread,
  ...record
}: MonitorRecord) {
  return { ...record, asOf: createdAt };
}

/** Summary of a window for lists and the exit code. */
export interface WindowSummary extends Pick<MonitorRecord, "monitorId" | "status">, Omit<MonitorWindow, "file"> {
  /** Areas with a failure, and with a warning. */
  readonly failed: readonly MonitorArea[];
  readonly warned: readonly MonitorArea[];
  /** Areas in which nothing could be judged. */
  readonly unjudged: readonly MonitorArea[];
  readonly driftShare: number | null;
  readonly metric: string;
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  readonly asOf: string;
}

/** Suffix of the names of findings that are based on estimates. */
const ESTIMATED = " (estimated)";

const areas: readonly MonitorArea[] = ["drift", "quality", "performance"];

export function summaryOf(record: MonitorRecord): WindowSummary {
  const { monitorId, status, drift, performance, createdAt, findings } = record;
  // Estimates do not count as judged.
  const measured = findings.filter(({ name }) => !name.endsWith(ESTIMATED));
  const areasWith = (wanted: MonitorStatus): MonitorArea[] =>
    areas.filter((area) => findings.some((each) => each.area === area && each.status === wanted));
  const { file: _file, ...window } = record.window;
  const { metric, value, intervals } = performance;
  return {
    monitorId,
    ...window,
    status,
    failed: areasWith("fail"),
    warned: areasWith("warn"),
    unjudged: areas.filter((area) => measured.every((each) => each.area !== area || each.status === "skipped")),
    driftShare: drift.dataset.share,
    metric,
    value,
    interval: intervals[metric] ?? null,
    asOf: createdAt,
  };
}

/** What `--fail-on` takes: areas, and "warn" if their warnings count as well. */
export type FailOn = MonitorArea | "warn";

/**
 * The exit code of the first area of `failOn` with a failure (or a warning, with "warn") in any window; else "not enough
 * data" if one of them could not be judged in the newest window; else 0.
 */
export function monitorExit(
  windows: readonly (Pick<WindowSummary, "failed" | "unjudged"> & Partial<Pick<WindowSummary, "warned">>)[],
  failOn: readonly FailOn[],
): number {
  const wanted = areas.filter((area) => failOn.includes(area));
  // The windows of results that an earlier version stored have no warnings.
  const found = windows.flatMap(({ failed, warned = [] }) =>
    failOn.includes("warn") ? [...failed, ...warned] : failed,
  );
  const bad = new Set(found);
  const first = wanted.find((area) => bad.has(area));
  if (first !== undefined) return exitCodes[first];
  const unjudged = windows.at(-1)?.unjudged ?? [];
  return wanted.some((area) => unjudged.includes(area)) ? exitCodes.notEnoughData : 0;
}

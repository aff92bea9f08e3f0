/** Builds and saves the record of one window: findings, rows, model and settings. */
import type {
  MonitorArea,
  MonitorFinding,
  MonitorRecord,
  MonitorStatus,
  MonitorWindow,
} from "../../core/records/monitoring.ts";
import { judgeWindow } from "../../monitoring/judgeWindow.ts";
import { ESTIMATED } from "../../monitoring/performanceFindings.ts";
import { finding } from "../../monitoring/qualityFindings.ts";
import { listed } from "../../core/text/format.ts";
import { selectPrepared, type PreparedRows } from "../../monitoring/prepareRows.ts";
import type { Season } from "../../monitoring/driftReport.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import { sha256Text } from "../../storage/files/workspacePaths.ts";
import type { LoadedModel } from "../loadModel.ts";
import type { NamedReference } from "./monitorReference.ts";
import type { WatchedRows } from "./monitorRows.ts";
import { isHistory, type PlannedWindow, type WindowRequest } from "./monitorWindows.ts";
import { settingsHash, type MonitorSettings } from "./monitorSettings.ts";
import type { Session } from "../session.ts";
import { exitCodes } from "../../core/errors.ts";

export interface ReadyRows {
  readonly watched: WatchedRows;
  readonly prepared: PreparedRows;
}

export interface Judging {
  readonly loaded: LoadedModel;
  readonly reference: NamedReference;
  readonly settings: MonitorSettings;
}

export function monitorRecord(
  session: Session,
  { watched, prepared, window, request }: ReadyRows & { window: PlannedWindow; request: WindowRequest },
  judging: Judging,
): MonitorRecord {
  const { config, context, store } = session;
  const { loaded, reference, settings } = judging;
  const rows = window.rows.length === prepared.table.rowCount ? prepared : selectPrepared(prepared, window.rows);
  const now = context.now().getTime();
  const end = request.until ?? (isHistory(request) ? Math.min(window.end ?? now, now) : now);
  const season = reference.seasonOf?.(window) ?? null;
  const others = rejectedFinding(watched);
  const judged = judgeWindow(rows, { ...settings, reference: reference.reference, season, end, others });
  const described = {
    label: window.label === "all rows" ? (watched.label ?? watched.name) : window.label,
    start: iso(window.start),
    end: iso(window.end),
    rows: window.rows.length,
    labelled: judged.performance.rows,
    file: watched.file,
  };
  const settingsSha256 = settingsHash(config, settings.monitor.segments);
  // A time window is identified by its bounds, because labels may arrive in other files.
  const { window: length } = config.monitor;
  const isTimed = length !== null && length !== "file" && !length.endsWith(" rows");
  const place = isTimed ? [described.start, described.end] : [watched.sha256 ?? watched.name, described.label];
  const id = [watched.source, place, loaded.sha256, settingsSha256];
  const monitorId = sha256Text(JSON.stringify(id)).slice(0, 12);
  const before = store.monitoring(monitorId);
  return {
    kind: "monitor",
    monitorId,
    createdAt: context.now().toISOString(),
    source: watched.source,
    ...(watched.sha256 !== undefined && { datasetSha256: watched.sha256 }),
    window: described,
    runId: loaded.run?.runId ?? null,
    modelVersion: loaded.run?.modelVersion ?? null,
    modelSha256: loaded.sha256,
    settingsSha256,
    reference: comparedTo(reference, season),
    ...judged,
    findings: withDoubts(judged.findings, watched.trained, window.rows),
    statements: statementsOf(before, described),
  };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** Name of a finding of which no alert is sent: `ingestNews` sends one of each file. */
export const REJECTED = "rejected files";

function rejectedFinding({ rejected = [] }: WatchedRows): MonitorFinding[] {
  if (rejected.length === 0) return [];
  const message = `${listed(rejected, 8, "; ")}: not in this window`;
  return [finding("quality", REJECTED, { status: "warn", value: rejected.length, limit: 0, message })];
}

/** A performance on training rows is no evidence: its findings say so wherever they are shown. */
function withDoubts(
  findings: readonly MonitorFinding[],
  marks: WatchedRows["trained"],
  rows: Int32Array,
): readonly MonitorFinding[] {
  const trained = marks === null ? 0 : rows.reduce((total, row) => total + marks[row]!, 0);
  if (trained === 0) return findings;
  const doubt = `the model was trained on ${trained === rows.length ? "all" : trained} of these ${rows.length} rows`;
  return findings.map((each) => {
    if (each.area !== "performance" || each.status === "skipped") return each;
    return { ...each, message: each.message === "" ? doubt : `${each.message}; ${doubt}` };
  });
}

/** The reference used for drift: the season, or the training rows if no earlier year has rows of these days. */
function comparedTo({ name, reference, seasonOf }: NamedReference, season: Season | null): MonitorRecord["reference"] {
  if (season !== null) return { name, rows: season.reference.rows };
  return { name: seasonOf === undefined ? name : "training", rows: reference.rows };
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

/**
 * Saves the record. @returns the first one with its result if that is known, with its time. A check of files is saved in any
 * case: without a window of time, the history is in the order of the checks.
 */
export async function keepRecord(session: Session, record: MonitorRecord): Promise<MonitorRecord> {
  const before = session.store.monitoring(record.monitorId);
  const isOrdered = record.source === "files" && record.window.end === null;
  const isKnown = before !== undefined && !isOrdered && resultText(record) === resultText(before);
  if (isKnown && JSON.stringify(record.findings) === JSON.stringify(before.findings)) return before;
  // Which files are rejected now is no new result.
  const kept = isKnown ? { ...before, findings: record.findings, status: record.status } : record;
  await saveRecord(session, kept);
  return kept;
}

function resultText({ findings, status: _status, datasetSha256: _dataset, ...rest }: MonitorRecord): string {
  return JSON.stringify({ ...rest, findings: findings.filter(({ name }) => name !== REJECTED), createdAt: null });
}

export function recordResult(record: MonitorRecord) {
  const { kind: _kind, createdAt: asOf, settingsSha256: _hash, spread: _spread, datasetSha256: _, ...result } = record;
  return { ...result, asOf };
}

const areas: readonly MonitorArea[] = ["drift", "quality", "performance"];

export type WindowSummary = ReturnType<typeof summaryOf>;

export function summaryOf(record: MonitorRecord) {
  const { monitorId, status, drift, performance, createdAt, findings } = record;
  // Estimates and files do not count as judged.
  const measured = findings.filter(({ name }) => !name.endsWith(ESTIMATED) && name !== REJECTED);
  const areasWith = (wanted: MonitorStatus): readonly MonitorArea[] =>
    areas.filter((area) => findings.some((each) => each.area === area && each.status === wanted));
  const { file: _file, ...window } = record.window;
  const { metric, value, intervals } = performance;
  return {
    monitorId,
    ...window,
    status,
    failed: areasWith("fail"),
    warned: areasWith("warn"),
    /** Areas in which nothing could be judged. */
    unjudged: areas.filter((area) =>
      measured.every((each) => each.area !== area || each.status === "skipped"),
    ) as readonly MonitorArea[],
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
  windows: readonly Pick<WindowSummary, "failed" | "warned" | "unjudged">[],
  failOn: readonly FailOn[],
): number {
  const named = failOn.filter((area) => area !== "warn");
  const wanted = named.length === 0 && failOn.length > 0 ? areas : named;
  const first = wanted.find((area) =>
    windows.some(({ failed, warned }) => failed.includes(area) || (failOn.includes("warn") && warned.includes(area))),
  );
  if (first !== undefined) return exitCodes[first];
  const unjudged = windows.at(-1)?.unjudged ?? [];
  return wanted.some((area) => unjudged.includes(area)) ? exitCodes.notEnoughData : 0;
}

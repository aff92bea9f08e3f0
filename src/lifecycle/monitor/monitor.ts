/** monitor: rows since training against the reference, window by window: drift, quality, performance, findings. */
import { MlctlError } from "../../core/errors.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import { prepareRows, type PreparedRows } from "../../monitoring/prepareRows.ts";
import { loadDeployed, loadModel, type LoadedModel } from "../loadModel.ts";
import { sendAlerts, type SentAlert } from "./monitorAlerts.ts";
import { keepRecord, monitorRecord, summaryOf, type Judging, type WindowSummary } from "./monitorRecord.ts";
import { monitorReference } from "./monitorReference.ts";
import { watchedRows, type WatchedRows } from "./monitorRows.ts";
import { monitorSettings } from "./monitorSettings.ts";
import { earliestNeeded, planWindows, type WindowRequest } from "./monitorWindows.ts";
import type { Session } from "../session.ts";
import { warnOfUnknownColumns } from "../health/batchDrift.ts";
import type { Workspace } from "../workspace.ts";

export interface MonitorOptions {
  readonly files: readonly string[];
  readonly source?: "dataset" | "predictions" | undefined;
  /** How the one file is called in the history. */
  readonly calledAs?: string | undefined;
  /** REF of the model; the deployed one if left out. */
  readonly model?: string | undefined;
  /** Milliseconds: where history begins, and where it ends (exclusive). */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** All windows, not only the newest. */
  readonly backfill?: boolean;
  /** Columns instead of `monitor.segments`. */
  readonly segments?: readonly string[] | undefined;
  /** Writes nothing and tells nobody. */
  readonly dryRun?: boolean;
}

/** The newest window in full, the others in a line each. */
export interface MonitorResult extends Omit<MonitorRecord, "kind" | "createdAt" | "settingsSha256" | "spread"> {
  readonly asOf: string;
  readonly windows: readonly WindowSummary[];
  readonly alerts: readonly SentAlert[];
  readonly dryRun: boolean;
}

/** Before anybody is told. */
export interface Monitored {
  readonly result: MonitorResult;
  /** What people are to hear of. */
  readonly news: readonly MonitorRecord[];
}

/** Tells people what is new. Not under the workspace's lock: a channel that does not answer takes its time. */
export async function tellNews(workspace: Workspace, { result, news }: Monitored): Promise<MonitorResult> {
  return { ...result, alerts: await sendAlerts(workspace, news) };
}

/** @throws {MlctlError} kind "notReady" where nothing is deployed, or there is nothing to look at */
export async function monitor(session: Session, options: MonitorOptions): Promise<Monitored> {
  const { config, context } = session;
  const loaded = options.model === undefined ? loadDeployed(session) : await loadModel(session, options.model);
  if (loaded === undefined)
    throw new MlctlError("notReady", "no model is deployed", { hint: "mlctl deploy, or --model" });
  // Both are read at once, and each is waited for: neither leaves a reader behind when the other fails.
  const read = await Promise.allSettled([
    readyRows(session, loaded, options),
    monitorReference(session, loaded),
  ] as const);
  const [ready, reference] = [valueOf(read[0]), valueOf(read[1])];
  warnOfUnknownColumns(session, loaded.model);
  const settings = monitorSettings(config, loaded, options.segments);
  const records: MonitorRecord[] = [];
  for (const rows of ready) {
    context.signal.throwIfAborted();
    records.push(...judgeRows(session, rows, { loaded, reference, settings }, options));
  }
  const newest = records.at(-1);
  if (newest === undefined) {
    throw new MlctlError("notReady", "no row lies in the windows that were asked for", {
      hint: "check --since, --until and --window, and that time_column is read as dates",
    });
  }
  const dryRun = options.dryRun ?? false;
  if (!dryRun) for (const record of records) keepRecord(session, record);
  // Files are drops that came one after another; of a history only its end is news.
  const news = config.monitor.window === "file" ? records : [newest];
  const result = { ...resultOf(newest), windows: records.map(summaryOf), alerts: [], dryRun };
  return { result, news: dryRun ? [] : news };
}

function valueOf<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}

interface ReadyRows {
  readonly watched: WatchedRows;
  readonly prepared: PreparedRows;
}

/** Answered while a thread still reads the reference. */
async function readyRows(session: Session, loaded: LoadedModel, options: MonitorOptions): Promise<ReadyRows[]> {
  const { config, context, store } = session;
  const watched = await watchedRows(session, loaded, {
    ...options,
    eachFile: config.monitor.window === "file",
    since: earliestNeeded(requestOf(session, options, true)),
  });
  const { target, id_columns, drop_columns } = config;
  const training = loaded.run === null ? undefined : store.dataset(loaded.run.datasetId);
  const trained = training?.columns.map(({ name }) => name) ?? [];
  return watched.map((rows) => {
    context.signal.throwIfAborted();
    const prepared = prepareRows(loaded.model, rows.table, {
      timeColumn: rows.timeColumn,
      round: config.serve.round,
      known: [target, ...id_columns, ...drop_columns, ...trained, rows.timeColumn ?? target],
      ...(rows.answers === undefined ? {} : { answers: rows.answers }),
    });
    return { watched: rows, prepared };
  });
}

function judgeRows(session: Session, rows: ReadyRows, judging: Judging, options: MonitorOptions): MonitorRecord[] {
  const { watched, prepared } = rows;
  const { context } = session;
  warnOfUntimed(session, prepared);
  const request = requestOf(session, options, watched.source === "predictions");
  const planned = planWindows(prepared.time, watched.table.rowCount, request);
  return planned.map((window, i) => {
    context.signal.throwIfAborted();
    if (planned.length > 20)
      context.emit({ type: "progress", stage: "monitor", done: i, total: planned.length, unit: "windows" });
    return monitorRecord(session, { watched, prepared, window, request }, judging);
  });
}

/** A log goes on: its newest window ends now, and not with its newest row. */
function requestOf({ config, context }: Session, options: MonitorOptions, isLog: boolean): WindowRequest {
  const { window, step } = config.monitor;
  const { since, until, backfill = false } = options;
  return { window, step, since, until, backfill, now: isLog ? context.now().getTime() : undefined };
}

function warnOfUntimed({ config, context }: Session, { time }: PreparedRows): void {
  const untimed = time?.filter(Number.isNaN).length ?? 0;
  if (untimed === 0 || config.monitor.window === null) return;
  const message = `${untimed} rows have no ${config.time_column ?? "time"} and are in no window`;
  context.emit({ type: "warning", stage: "monitor", message });
}

function resultOf({ kind: _kind, createdAt, settingsSha256: _settings, spread: _spread, ...record }: MonitorRecord) {
  return { ...record, asOf: createdAt };
}

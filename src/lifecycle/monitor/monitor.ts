/** monitor: compares windows of new rows with the reference: drift, quality, performance and findings. */
import { MlctlError } from "../../core/errors.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import { prepareRows, type PreparedRows } from "../../monitoring/prepareRows.ts";
import { fetchToMonitor } from "../ingest/fetchSources.ts";
import { isSource, type NamedSources } from "../ingest/askedSource.ts";
import { namedOrDeployed, type LoadedModel } from "../loadModel.ts";
import { sendAlerts, type SentAlert } from "./monitorAlerts.ts";
import {
  keepRecord,
  monitorRecord,
  recordResult,
  summaryOf,
  type Judging,
  type ReadyRows,
  type WindowSummary,
} from "./monitorRecord.ts";
import { monitorReference } from "./monitorReference.ts";
import { knownColumns, watchedRows, type WatchedRows } from "./monitorRows.ts";
import { monitorSettings } from "./monitorSettings.ts";
import { earliestNeeded, planWindows, type WindowRequest } from "./monitorWindows.ts";
import type { Session } from "../session.ts";
import { trainedRows } from "./trainedRows.ts";
import { warnOfUnknownColumns } from "../health/batchDrift.ts";
import type { Workspace } from "../workspace.ts";

export interface MonitorOptions {
  /** Files, folders and addresses. */
  readonly files: readonly string[];
  /** How to ask the addresses. */
  readonly asking?: Pick<NamedSources, "query" | "stdin">;
  readonly source?: "dataset" | "predictions" | undefined;
  /** Name of the file in the history; only for a single file. */
  readonly calledAs?: string | undefined;
  /** REF of the model; defaults to the deployed one. */
  readonly model?: string | undefined;
  /** Start (inclusive) and end (exclusive) of the history, in milliseconds. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Judge all windows, not only the newest. */
  readonly backfill?: boolean;
  /** Columns to use instead of `monitor.segments`. */
  readonly segments?: readonly string[] | undefined;
  /** Write nothing and send no alerts. */
  readonly dryRun?: boolean;
}

/** The newest window in full, and a summary of every window. */
export interface MonitorResult extends Omit<MonitorRecord, "kind" | "createdAt" | "settingsSha256" | "spread"> {
  readonly asOf: string;
  readonly windows: readonly WindowSummary[];
  readonly alerts: readonly SentAlert[];
  readonly dryRun: boolean;
}

/** The result before alerts are sent. */
export interface Monitored {
  readonly result: MonitorResult;
  /** Records to send alerts about. */
  readonly news: readonly MonitorRecord[];
}

/** Sends alerts about new findings. Call it without the workspace lock, because a slow channel takes time. */
export async function tellNews(workspace: Workspace, { result, news }: Monitored): Promise<MonitorResult> {
  return { ...result, alerts: await sendAlerts(workspace, news) };
}

/** @throws {MlctlError} kind "notReady" if nothing is deployed, or there are no rows to monitor */
export async function monitor(session: Session, request: MonitorOptions): Promise<Monitored> {
  const { config, context } = session;
  const loaded = await namedOrDeployed(session, request.model, "run `mlctl deploy`, or use --model");
  const options = { ...request, files: await localFiles(session, request) };
  // Read both in parallel, and wait for both even if one fails, so that no reader is left running.
  const reads = [readyRows(session, loaded, options), monitorReference(session, loaded)] as const;
  await Promise.allSettled(reads);
  const [ready, reference] = await Promise.all(reads);
  warnOfUnknownColumns(session, loaded.model);
  const settings = monitorSettings(config, loaded, options.segments);
  const records: MonitorRecord[] = [];
  for (const rows of ready) {
    context.signal.throwIfAborted();
    records.push(...judgeRows(session, rows, { loaded, reference, settings }, options));
  }
  const newest = records.at(-1);
  if (newest === undefined) {
    throw new MlctlError("notReady", "there are no rows in the requested windows", {
      hint: "check --since, --until and --window, and that time_column is read as dates",
    });
  }
  const dryRun = options.dryRun ?? false;
  if (!dryRun) for (const record of records) await keepRecord(session, record);
  // With one window per file, every file is new. Otherwise only the end of the history is.
  const news = config.monitor.window === "file" ? records : [newest];
  const result = { ...recordResult(newest), windows: records.map(summaryOf), alerts: [], dryRun };
  return { result, news: dryRun ? [] : news };
}

async function localFiles(session: Session, { files, asking, dryRun }: MonitorOptions): Promise<readonly string[]> {
  const addresses = files.filter(isSource);
  if (addresses.length === 0) return files;
  if (dryRun === true || asking === undefined)
    throw new MlctlError("usage", "--dry-run asks no address", { hint: "download the file and name it" });
  return [...files.filter((file) => !isSource(file)), ...(await fetchToMonitor(session, { addresses, ...asking }))];
}

/** Reads the rows and predicts them, while a thread may still read the reference. */
async function readyRows(session: Session, loaded: LoadedModel, options: MonitorOptions): Promise<ReadyRows[]> {
  const { config, context } = session;
  const watched = await watchedRows(session, loaded, {
    ...options,
    eachFile: config.monitor.window === "file",
    since: earliestNeeded(requestOf(session, options, true)),
  });
  const ready: ReadyRows[] = [];
  for (const rows of watched) {
    context.signal.throwIfAborted();
    const prepared = prepareRows(loaded.model, rows.table, {
      timeColumn: rows.timeColumn,
      round: config.serve.round,
      known: knownColumns(session, loaded, rows.timeColumn),
      answers: rows.predictions,
    });
    const trained = await trainedRows(session, loaded.run, rows);
    warnOfTrained(session, rows, trained);
    ready.push({ watched: rows, prepared, trained });
  }
  return ready;
}

function warnOfTrained({ context }: Session, { name, table }: WatchedRows, trained: Uint8Array | null): void {
  const count = trained?.reduce((sum, mark) => sum + mark, 0) ?? 0;
  if (count === 0) return;
  const which = count === table.rowCount ? `all ${count} rows` : `${count} of ${table.rowCount} rows`;
  const message = `the model was trained on ${which} of ${name}, so drift is hidden and the performance is too good`;
  const hint = "monitor a file before it is ingested, or rows of the prediction log";
  context.emit({ type: "warning", stage: "monitor", message, hint });
}

function judgeRows(session: Session, rows: ReadyRows, judging: Judging, options: MonitorOptions): MonitorRecord[] {
  const { watched, prepared, trained } = rows;
  const { context } = session;
  warnOfUntimed(session, prepared);
  const request = requestOf(session, options, watched.source === "predictions");
  const planned = planWindows(prepared.time, watched.table.rowCount, request);
  return planned.map((window, i) => {
    context.signal.throwIfAborted();
    if (planned.length > 20)
      context.emit({ type: "progress", stage: "monitor", done: i, total: planned.length, unit: "windows" });
    return monitorRecord(session, { watched, prepared, trained, window, request }, judging);
  });
}

/** The newest window of the prediction log ends now, not with the newest row. */
function requestOf({ config, context }: Session, options: MonitorOptions, isLog: boolean): WindowRequest {
  const { window, step } = config.monitor;
  const { since, until, backfill = false } = options;
  return { window, step, since, until, backfill, now: isLog ? context.now().getTime() : undefined };
}

function warnOfUntimed({ config, context }: Session, { time }: PreparedRows): void {
  const untimed = time?.filter(Number.isNaN).length ?? 0;
  if (untimed === 0 || config.monitor.window === null) return;
  const message = `${untimed} rows have no ${config.time_column ?? "time"} and belong to no window`;
  context.emit({ type: "warning", stage: "monitor", message });
}

/** monitor: compares windows of new rows with the reference: drift, quality, performance and findings. */
import { MlctlError } from "../../core/errors.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import { prepareRows, type PreparedRows } from "../../monitoring/prepareRows.ts";
import { atLine, counted } from "../../core/text/format.ts";
import { rejectionError } from "../../data/files/readTable.ts";
import type { RejectedInput } from "../../data/files/stageFiles.ts";
import { fetchToMonitor } from "../ingest/fetchSources.ts";
import { isSource } from "../ingest/askedSource.ts";
import { namedOrDeployed, type LoadedModel } from "../loadModel.ts";
import type { SentAlert } from "./alertDelivery.ts";
import { sendAlerts } from "./monitorAlerts.ts";
import {
  keepRecord,
  monitorRecord,
  recordResult,
  summaryOf,
  type ReadyRows,
  type WindowSummary,
} from "./monitorRecord.ts";
import { monitorSettings } from "./monitorSettings.ts";
import { monitorReference } from "./monitorReference.ts";
import { knownColumns, watchedRows, type MonitorOptions, type WatchedRows } from "./monitorRows.ts";
import { isHistory, neededOfLog, planWindows, type WindowRequest } from "./monitorWindows.ts";
import { mutedIn } from "./savedAlerts.ts";
import type { Session } from "../session.ts";
import { warnOfUnknownColumns } from "../health/newRows.ts";
import type { Workspace } from "../workspace.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";

/** The newest window in full, and a summary of every window. */
export interface MonitorResult extends Omit<MonitorRecord, "kind" | "createdAt" | "settingsSha256" | "spread"> {
  readonly asOf: string;
  readonly windows: readonly WindowSummary[];
  readonly alerts: readonly SentAlert[];
  /** Columns of which no drift is sent now. */
  readonly muted: readonly string[];
  readonly dryRun: boolean;
  /** Files that could not be judged. */
  readonly rejected: readonly RejectedInput[];
}

/** Sends alerts about `news`. Call it without the workspace lock, because a slow channel takes time. */
export async function tellNews(
  workspace: Workspace,
  { result, news }: Awaited<ReturnType<typeof monitor>>,
): Promise<MonitorResult> {
  const alerts = result.dryRun ? [] : await sendAlerts(workspace, news);
  return { ...result, alerts, ...(await mutedIn(workspace, result)) };
}

/**
 * @returns the result before alerts are sent, and `news`, the records to send alerts about
 * @throws {MlctlError} kind "notReady" if nothing is deployed, or there are no rows to monitor; "data" if no file can be
 *   judged
 */
export async function monitor(session: Session, request: MonitorOptions) {
  const { window } = session.config.monitor;
  const loaded = await namedOrDeployed(session, request.model, "run `mlctl deploy`, or use --model");
  const { checked = new Map() } = request;
  const files = await localFiles(session, request);
  const options = { ...request, files, eachFile: window === "file", checked };
  const needed = neededOfLog(requestOf(session, options, true));
  const records = await judgedRows(session, loaded, watchedRows(session, loaded, { ...options, ...needed }), options);
  const rejected = [...checked.values()].filter((why) => why !== null);
  const newest = records.at(-1);
  if (newest === undefined) {
    if (rejected.length > 0) throw rejectionError(rejected);
    throw new MlctlError("notReady", "there are no rows in the requested windows", {
      hint: "check --since, --until and --window, and that time_column is read as dates",
    });
  }
  for (const { path, line, reason } of rejected) {
    const message = atLine(`${path} was rejected`, line, reason);
    session.context.emit({ type: "warning", stage: "monitor", message });
  }
  const dryRun = options.dryRun ?? false;
  const kept = dryRun ? records : await Array.fromAsync(records, (record) => keepRecord(session, record));
  const last = kept.at(-1)!;
  if (last !== newest && last.source === "dataset") {
    const message = `no new rows: this is the result of ${last.createdAt} again`;
    session.context.emit({ type: "warning", stage: "monitor", message });
  }
  // Of a history, only the end is new, except with one window per file.
  // A result that was known already holds since this check, too.
  const createdAt = session.context.now().toISOString();
  const isNews = options.eachFile || !isHistory(requestOf(session, options, false));
  const news = dryRun ? [] : (isNews ? kept : [last]).map((record) => ({ ...record, createdAt }));
  const common = { ...recordResult(last), windows: kept.map(summaryOf), alerts: [], muted: [] };
  const result: MonitorResult = { ...common, dryRun, rejected };
  return { result, news };
}

type Judged = Pick<MonitorOptions, "since" | "until" | "backfill" | "segments">;

/** Predicts the rows, while a thread may read the reference, and judges their windows. */
export async function judgedRows(
  session: Session,
  loaded: LoadedModel,
  watched: Promise<readonly WatchedRows[]>,
  options: Judged,
): Promise<MonitorRecord[]> {
  const { config, context } = session;
  const preparing = watched.then((all) => all.map((rows) => ready(session, loaded, rows)));
  // Wait for both even if one fails, so that no reader is left running.
  const reads = [preparing, monitorReference(session, loaded)] as const;
  await Promise.allSettled(reads);
  const [prepared, reference] = await Promise.all(reads);
  warnOfUnknownColumns(session, loaded.model);
  const judging = { loaded, reference, settings: monitorSettings(config, loaded, options.segments) };
  return prepared.flatMap((rows) => {
    const { watched: of } = rows;
    warnOfUntimed(session, rows.prepared);
    const request = requestOf(session, options, of.source === "predictions");
    const planned = planWindows(rows.prepared.time, of.rows ?? of.table.rowCount, request);
    return planned.map((window, i) => {
      context.signal.throwIfAborted();
      if (planned.length > 20)
        context.emit({ type: "progress", stage: "monitor", done: i, total: planned.length, unit: "windows" });
      return monitorRecord(session, { ...rows, window, request }, judging);
    });
  });
}

async function localFiles(session: Session, { files, asking, dryRun }: MonitorOptions): Promise<readonly string[]> {
  const addresses = files.filter(isSource);
  if (addresses.length === 0) return files;
  if (dryRun === true || asking === undefined)
    throw new MlctlError("usage", "--dry-run asks no address", { hint: "download the file and name it" });
  return [...files.filter((file) => !isSource(file)), ...(await fetchToMonitor(session, { addresses, ...asking }))];
}

function ready(session: Session, loaded: LoadedModel, watched: WatchedRows): ReadyRows {
  session.context.signal.throwIfAborted();
  warnOfTrained(session, watched);
  const { table, timeColumn, predictions: recorded, rows: asked } = watched;
  const prepared = prepareRows(loaded.model, table, {
    timeColumn,
    round: session.config.serve.round,
    known: knownColumns(session, loaded, timeColumn),
    recorded,
    ...(asked && { asked }),
  });
  const { notJudged } = prepared;
  if (notJudged !== null) {
    const message = `${counted(notJudged.count, "labelled row")} not judged, first: ${notJudged.reason}`;
    session.context.emit({ type: "warning", stage: "monitor", message });
  }
  return { watched, prepared };
}

function warnOfTrained({ context }: Session, { name, table, trained }: WatchedRows): void {
  const count = trained?.reduce((total, mark) => total + mark, 0) ?? 0;
  if (count === 0) return;
  const which = count === table.rowCount ? `all ${count} rows` : `${count} of ${table.rowCount} rows`;
  const message = `the model was trained on ${which} of ${name}, so drift is hidden and the performance is too good`;
  const hint = "monitor a file before it is ingested, or rows of the prediction log";
  context.emit({ type: "warning", stage: "monitor", message, hint });
}

/** The newest window of the prediction log ends now, not with the newest row. */
function requestOf({ config, context }: Session, options: Judged, isLog: boolean): WindowRequest {
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

/** Newest window first. @param options.model REF; only results of that model */
export function monitorHistory(
  { store }: Session,
  { model, limit }: { readonly model?: string | undefined; readonly limit?: number | undefined },
): { windows: WindowSummary[] } {
  const runId = model === undefined ? undefined : resolveRun(store, model).runId;
  return { windows: store.monitorings({ runId, limit }).map(summaryOf) };
}

/** @param reference an id, a unique prefix of one, or "latest" @throws {MlctlError} kind "usage" if none or several match */
export async function monitorEntry(session: Session, reference: string): Promise<MonitorResult> {
  const record = recordNamed(session, reference);
  const shown = { ...recordResult(record), windows: [summaryOf(record)], alerts: [], dryRun: false, rejected: [] };
  return { ...shown, ...(await mutedIn(session, record)) };
}

function recordNamed({ store }: Session, reference: string): MonitorRecord {
  const all = store.monitorings();
  if (all.length === 0)
    throw new MlctlError("notReady", "there are no monitoring results yet", { hint: "run `mlctl monitor`" });
  if (reference === "latest") return all[0]!;
  const found = reference === "" ? [] : all.filter(({ monitorId }) => monitorId.startsWith(reference));
  if (found.length === 1) return found[0]!;
  const list = "run `mlctl monitor --history` to list them";
  if (found.length > 1)
    throw new MlctlError("usage", `${found.length} entries start with "${reference}"`, { hint: list });
  const ids = all.map(({ monitorId }) => monitorId);
  throw new MlctlError("usage", `there is no entry ${reference}`, { hint: didYouMean(reference, ids, list) });
}

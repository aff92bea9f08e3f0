/** Saves, reads and prunes the execution records and log files of scheduled jobs. */
import { mkdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Config } from "../../config/schema/schema.ts";
import { daysBefore } from "../../core/text/format.ts";
import { exitCodes, type MlctlError } from "../../core/errors.ts";
import { maskSecrets } from "../../core/text/maskSecrets.ts";
import { newsOfJob, type AlertNews } from "../../core/records/alert.ts";
import { lastExecutions, type Execution } from "../../core/records/execution.ts";
import { queueAlerts } from "../../lifecycle/monitor/monitorAlerts.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import type { WorkspacePaths } from "../../storage/files/workspacePaths.ts";
import { actualStatus } from "../../storage/records/recordFiles.ts";
import { scheduleFolder } from "../../storage/records/records.ts";
import { openStore } from "../../storage/store/openStore.ts";
import { readStore } from "../../storage/store/syncStore.ts";
import type { RunStore } from "../../storage/store/runStore.ts";
import { forgetRecords, saveRecord, type RecordWriter } from "../../storage/store/saveRecord.ts";

type Retention = Config["retention"]["executions"];

const RECENT = 100;

export function logPath(paths: WorkspacePaths, executionId: string): string {
  const folder = join(scheduleFolder(paths), "logs");
  mkdirSync(folder, { recursive: true });
  return join(folder, `${executionId}.log`);
}

const MAX_REASON_LENGTH = 300;

/** The last error of the log as reportError prints it: "error: …" and its details, with --json {"error":"…"}. */
export function lastError(log: string): string | null {
  try {
    const errors = readFileSync(log, "utf8").match(/^(error: |\{"error":).*(\n {2}.*)*/gm);
    const found = errors
      ?.at(-1)
      ?.replace(/^error: /, "")
      .replaceAll(/\n {2}/g, "; ");
    return found?.slice(0, MAX_REASON_LENGTH) ?? null;
  } catch {
    return null; // The log cannot be read: the exit code says enough.
  }
}

/** An error as `lastError` reads it. */
export function errorText({ message, details }: MlctlError): string {
  return maskSecrets(`${[`error: ${message}`, ...details].join("\n  ")}\n`);
}

/** Takes no lock, which the job may hold for hours: each execution has a file, and the index is transactional. */
export async function saveExecution(workspace: Place, execution: Execution): Promise<void> {
  await withStore(workspace, (writer) => saveRecord(writer, execution));
}

/** Removes executions, with logs, that exceed both limits; never running ones or the last of a job. */
export async function retainExecutions(workspace: Place, { keep, days }: Retention, now: Date): Promise<number> {
  if (keep === null && days === null) return 0;
  const oldest = days === null ? "￿" : daysBefore(now, days);
  return withStore(workspace, async (writer) => {
    const all = writer.store.executions();
    const last = lastExecutions(all);
    const removed = all
      .slice(keep ?? 0)
      .filter((each) => each.startedAt < oldest && actualStatus(each) !== "running" && !last.has(each));
    const files = removed.flatMap(({ log }) => log ?? []);
    await forgetRecords({ ...workspace, ...writer }, { records: removed, files });
    return removed.length;
  });
}

/** Unattended executions of a job, newest first; correct even if the index is out of date. */
export async function recentExecutions(workspace: Place, job: string): Promise<Execution[]> {
  const store = await readStore(workspace);
  try {
    return unattendedExecutions(store, job);
  } finally {
    store.close();
  }
}

/**
 * Records the runs of a job whose scheduler is gone as killed; alerts about them wait for the next that are sent.
 * @returns the time to run the job for again: that of its last run, if it was killed and not repeated yet
 */
export async function recordKilled(workspace: Workspace, job: string): Promise<Date | undefined> {
  const ran = (await recentExecutions(workspace, job)).filter(({ status }) => status !== "skipped");
  for (const each of ran.filter(isInterrupted).toReversed()) {
    const killed: Execution = { ...each, status: "killed", reason: "killed while it was running" };
    const endedAt = workspace.context.now().toISOString();
    await queueAlerts(workspace, jobNews({ ...killed, endedAt }));
    await saveExecution(workspace, killed);
    // It ran well since: the message about that resolves this one.
    if (ran[0]?.status === "done") await queueAlerts(workspace, jobNews(ran[0]));
  }
  const [last, ...others] = ran;
  if (last === undefined || last.dueAt === null || !(last.status === "killed" || isInterrupted(last))) return undefined;
  return others.some(({ dueAt }) => dueAt === last.dueAt) ? undefined : new Date(last.dueAt);
}

/** An earlier process with this number is gone, such as one of a container before its restart. */
function isInterrupted(execution: Execution): boolean {
  return isOfEarlier(execution) && (execution.pid === process.pid || actualStatus(execution) === "killed");
}

/** Runs, as its record says, since before this process started on this machine. */
export function isOfEarlier({ status, host, startedAt }: Execution): boolean {
  return status === "running" && host === hostname() && Date.parse(startedAt) < performance.timeOrigin;
}

export function unattendedExecutions(store: RunStore, job: string): Execution[] {
  return store.executions({ job, limit: RECENT, unattended: true });
}

type Place = Pick<Workspace, "paths" | "records">;

async function withStore<T>({ paths, records }: Place, work: (writer: RecordWriter) => Promise<T>): Promise<T> {
  const store = openStore(paths.index);
  try {
    return await work({ records, store });
  } finally {
    store.close();
  }
}

export function describeExecution(execution: Execution | "done_before"): { message: string; isFine: boolean } {
  if (execution === "done_before") return { message: "already ran for this time", isFine: true };
  const { status, seconds, exitCode, reason, log } = execution;
  const after = `after ${(seconds ?? 0).toFixed(1)} s`;
  if (status === "done") return { message: `done ${after}`, isFine: true };
  if (status === "skipped") return { message: `skipped: ${reason}`, isFine: false };
  if (status === "killed") return { message: `${reason}: see ${log}`, isFine: false };
  if (status === "timed_out") return { message: `timed out and was stopped ${after}: see ${log}`, isFine: false };
  if (exitCode === null) return { message: `${reason ?? "ended"} ${after}: see ${log}`, isFine: false };
  const kind = Object.entries(exitCodes).find(([, code]) => code === exitCode)?.[0];
  const how = `exited with code ${exitCode}${kind === undefined ? "" : ` (${kind})`} ${after}`;
  return { message: `${how}: ${reason === null ? "" : `${reason}; `}see ${log}`, isFine: false };
}

/** The area whose findings ended a job, by --fail-on: it ran. */
export function endedBy(exitCode: number | null): "drift" | "quality" | "performance" | undefined {
  return (["drift", "quality", "performance"] as const).find((area) => exitCodes[area] === exitCode);
}

export function jobNews(execution: Execution): AlertNews[] {
  const { job: name, status, endedAt, startedAt, exitCode, reason } = execution;
  if (status === "skipped" || status === "stopped") return [];
  // Without numbers and ids, which differ each time.
  const cause = `${status} ${exitCode} ${reason?.replaceAll(/[\da-f]*\d[\da-f]*/g, "#") ?? ""}`;
  const end = { ...describeExecution(execution), cause, endedBy: endedBy(exitCode) };
  return [newsOfJob({ source: "schedule", name, createdAt: endedAt ?? startedAt }, end)];
}

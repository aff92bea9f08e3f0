/** Saves, reads and prunes the execution records and log files of scheduled jobs. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../config/schema/schema.ts";
import type { Execution } from "../../core/records/execution.ts";
import { daysBefore } from "../../core/daysBefore.ts";
import { lastExecutions } from "../../core/records/lastExecutions.ts";
import { actualStatus } from "../../storage/records/actualStatus.ts";
import { forgetRecords, saveRecord, type RecordWriter } from "../../storage/store/saveRecord.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { readStore } from "../../storage/store/readStore.ts";
import { openStore } from "../../storage/store/openStore.ts";
import type { RunStore } from "../../storage/store/runStore.ts";
import type { WorkspacePaths } from "../../storage/files/workspacePaths.ts";
import { scheduleFolder } from "../../storage/records/workspaceRecord.ts";

type Retention = Config["retention"]["executions"];

/** Maximum number of executions to search for the last time of a job. */
const RECENT = 100;

/** Absolute path of an execution's log file; creates the folder. */
export function logPath(paths: WorkspacePaths, executionId: string): string {
  const folder = join(scheduleFolder(paths), "logs");
  mkdirSync(folder, { recursive: true });
  return join(folder, `${executionId}.log`);
}

/**
 * Takes no lock, because the job itself may hold the lock for hours. This is safe: each execution has its own file, and
 * the index is updated in one short transaction.
 */
export async function saveExecution(workspace: Place, execution: Execution): Promise<void> {
  await withStore(workspace, (writer) => saveRecord(writer, execution));
}

/**
 * Removes executions, with their logs, that exceed both `keep` and `days`. Keeps running executions and the last one of
 * each job, which is needed to compute missed times. @returns the number of removed executions
 */
export async function retainExecutions(workspace: Place, { keep, days }: Retention, now: Date): Promise<number> {
  if (keep === null && days === null) return 0;
  const oldest = days === null ? "￿" : daysBefore(now, days);
  return withStore(workspace, async (writer) => {
    const all = writer.store.executions();
    const last = lastExecutions(all);
    const removed = all
      .slice(keep ?? 0)
      .filter((each) => each.startedAt < oldest && actualStatus(each) !== "running" && !last.has(each));
    await forgetRecords(
      { ...workspace, ...writer },
      { records: removed, files: removed.flatMap(({ log }) => log ?? []) },
    );
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

/** Executions that were not started by hand, newest first. */
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

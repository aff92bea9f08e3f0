/** What scheduled jobs leave behind: a record and a log file each, the oldest taken away. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../../config/schema/schema.ts";
import type { Execution } from "../../core/records/execution.ts";
import { daysBefore } from "../../core/daysBefore.ts";
import { lastExecutions } from "../../core/records/lastExecutions.ts";
import { actualStatus } from "../../storage/records/actualStatus.ts";
import { isOwnFile } from "../../storage/files/isOwnFile.ts";
import { readStore } from "../../storage/store/readStore.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import { openStore } from "../../storage/store/openStore.ts";
import type { RunStore } from "../../storage/store/runStore.ts";
import { fromRecordPath, toRecordPath, type WorkspacePaths } from "../../storage/files/workspacePaths.ts";
import { recordPath, scheduleFolder } from "../../storage/records/workspaceRecord.ts";

/** Executions that are looked through for the last time of a job. */
const RECENT = 100;

/** Where the log of an execution lies (absolute); its folder is made. */
export function logPath(paths: WorkspacePaths, executionId: string): string {
  const folder = join(scheduleFolder(paths), "logs");
  mkdirSync(folder, { recursive: true });
  return join(folder, `${executionId}.log`);
}

/**
 * Without the lock: the job itself may hold it, for hours. Each execution has a file of its own that nobody else
 * writes, and the index takes it in one short transaction, so that the others neither wait nor lose anything.
 */
export function saveExecution(paths: WorkspacePaths, execution: Execution): void {
  withStore(paths, (store) => saveRecord(paths, store, execution));
}

/**
 * Takes away what is neither among the newest nor young, with its log; running ones stay, and the last of each job, by
 * which it is known to have run. @returns how many went
 */
export function retainExecutions(
  paths: WorkspacePaths,
  retention: Config["retention"]["executions"],
  now: Date,
): number {
  const { keep, days } = retention;
  if (keep === null && days === null) return 0;
  const oldest = days === null ? "￿" : daysBefore(now, days);
  return withStore(paths, (store) => {
    const all = store.executions();
    const last = lastExecutions(all);
    const gone = all
      .slice(keep ?? 0)
      .filter((each) => each.startedAt < oldest && actualStatus(each) !== "running" && !last.has(each));
    for (const execution of gone) {
      // The record first: a log that is left over says nothing wrong, a record without its log does.
      rmSync(recordPath(paths, execution), { force: true });
      const log = fromRecordPath(paths.workspace, execution.log ?? "");
      if (execution.log !== null && isOwnFile(paths, log)) rmSync(log, { force: true });
    }
    const removed = gone.map((execution) => toRecordPath(paths.workspace, recordPath(paths, execution)));
    if (removed.length > 0) store.update({ changed: [], touched: [], removed });
    return gone.length;
  });
}

/** Those that nobody started by hand, as the records say, also where the index is behind; newest first. */
export function recentExecutions(paths: WorkspacePaths, job: string): Execution[] {
  const store = readStore(paths);
  try {
    return unattendedExecutions(store, job);
  } finally {
    store.close();
  }
}

export function unattendedExecutions(store: RunStore, job: string): Execution[] {
  return store.executions({ job, limit: RECENT, unattended: true });
}

function withStore<T>(paths: WorkspacePaths, work: (store: RunStore) => T): T {
  const store = openStore(paths.database);
  try {
    return work(store);
  } finally {
    store.close();
  }
}

/** Rebuilds the index from the record files. */
import { existsSync, renameSync, rmSync } from "node:fs";
import { timestamp } from "../../core/text/format.ts";
import { recordFiles } from "../records/recordFiles.ts";
import { openStore } from "./openStore.ts";
import type { RunStore } from "./runStore.ts";
import { isDamaged } from "./storeFailure.ts";
import { readRecords, type RecordProblem } from "./syncStore.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";

export interface ReindexResult {
  readonly records: number;
  readonly problems: readonly RecordProblem[];
  /** Where a damaged store was set aside; null where it was sound. */
  readonly setAside: string | null;
}

/**
 * Deletes all, indexes all, in one transaction. A store that cannot be read is set aside, not deleted.
 * The caller holds the lock.
 * @throws {MlctlError} kind "data" where the store is from a newer mlctl
 */
export function reindex(paths: WorkspacePaths, now: Date): ReindexResult {
  const { store, setAside } = soundStore(paths.database, now);
  try {
    const { records, problems } = readRecords(paths, recordFiles(paths, store.knownRecords().keys()));
    store.rebuild(records);
    return { records: records.length, problems, setAside };
  } finally {
    store.close();
  }
}

function soundStore(database: string, now: Date): { store: RunStore; setAside: string | null } {
  const store = openSound(database);
  if (store !== undefined) return { store, setAside: null };
  const setAside = `${database}.damaged_${timestamp(now)}`;
  renameSync(database, setAside);
  // They belong to the damaged file: SQLite would apply them to the new one.
  for (const suffix of ["-wal", "-shm"]) rmSync(`${database}${suffix}`, { force: true });
  return { store: openStore(database), setAside };
}

function openSound(database: string): RunStore | undefined {
  try {
    const store = openStore(database);
    if (store.integrityProblems().length === 0) return store;
    store.close();
    return undefined;
  } catch (error) {
    if (isDamaged(error) && existsSync(database)) return undefined;
    throw error;
  }
}

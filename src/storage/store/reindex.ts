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
  /** New path of a damaged store; null if the store was intact. */
  readonly setAside: string | null;
}

/**
 * Deletes and rebuilds the index in one transaction. A damaged store is renamed, not deleted. The caller holds the lock.
 * @throws {MlctlError} kind "data" if the store is from a newer mlctl
 */
export function reindex(paths: WorkspacePaths, now: Date): ReindexResult {
  const { store, setAside } = usableStore(paths.database, now);
  try {
    const { records, problems } = readRecords(paths, recordFiles(paths, store.knownRecords().keys()));
    store.rebuild(records);
    return { records: records.length, problems, setAside };
  } finally {
    store.close();
  }
}

function usableStore(database: string, now: Date): { store: RunStore; setAside: string | null } {
  const store = openIntact(database);
  if (store !== undefined) return { store, setAside: null };
  const setAside = `${database}.damaged_${timestamp(now)}`;
  renameSync(database, setAside);
  // These belong to the damaged file; SQLite would apply them to the new one.
  for (const suffix of ["-wal", "-shm"]) rmSync(`${database}${suffix}`, { force: true });
  return { store: openStore(database), setAside };
}

function openIntact(database: string): RunStore | undefined {
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

/** Updates the index from the records. Every writer does this first, which repairs the effects of a kill. */
import { type RecordProblem, type Records, allRecords } from "../records/records.ts";
import type { RunStore } from "./runStore.ts";
import { existsSync, renameSync, rmSync } from "node:fs";
import { timestamp } from "../../core/text/format.ts";
import { openStore } from "./openStore.ts";
import { isDamaged } from "./storeFailure.ts";

export interface SyncResult {
  readonly indexed: number;
  readonly removed: number;
  readonly problems: readonly RecordProblem[];
}

/** Indexes new and changed records and removes missing ones. */
export async function syncStore(records: Pick<Records, "changes">, store: RunStore): Promise<SyncResult> {
  for (;;) {
    const version = store.version();
    const { changes, problems } = await records.changes(store.knownRecords());
    const { changed, touched, removed } = changes;
    // Another process may have updated the index in the meantime, with newer changes.
    if (changed.length + touched.length + removed.length === 0 || store.update(changes, version))
      return { indexed: changed.length, removed: removed.length, problems };
  }
}

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
export async function reindex(records: Pick<Records, "changes">, index: string, now: Date): Promise<ReindexResult> {
  const { store, setAside } = usableStore(index, now);
  try {
    const all = await allRecords(records, store.knownRecords().keys());
    store.rebuild(all.records);
    return { records: all.records.length, problems: all.problems, setAside };
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

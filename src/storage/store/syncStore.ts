/** Updates the index from the records. Every writer does this first, which repairs the effects of a kill. */
import { existsSync, renameSync, rmSync } from "node:fs";
import { type RecordProblem, type Records, allRecords, unread } from "../records/records.ts";
import type { RunStore } from "./runStore.ts";
import { timestamp } from "../../core/text/format.ts";
import { openStore, openMemoryStore, openStoreReadonly } from "./openStore.ts";
import { isDamaged } from "../sqlite/failure.ts";
import { attempt, type MlctlError } from "../../core/errors.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";
import { changedFiles } from "../records/recordFiles.ts";

/** Indexes new and changed records and removes missing ones. */
export async function syncStore(records: Pick<Records, "changes">, store: RunStore) {
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
    if (store.integrityProblems("quick").length === 0) return store; // SQLite's indexes are rebuilt as well
    store.close();
    return undefined;
  } catch (error) {
    if (isDamaged(error) && existsSync(database)) return undefined;
    throw error;
  }
}

/**
 * The index, if it is up to date with the record files. Otherwise (no index yet, a copied workspace, a killed writer, a
 * damaged store) an index in memory that is built from the records.
 * @param onDamage called if the store is damaged, which only `mlctl reindex` repairs; without it, damage is an error
 */
export function readFolderStore(paths: WorkspacePaths, onDamage?: (error: MlctlError) => void): RunStore {
  try {
    const store = openStoreReadonly(paths.index);
    if (store === undefined) return storeInMemory(paths, []);
    const { changes } = changedFiles(paths, store.knownRecords());
    if (changes.changed.length + changes.removed.length === 0) return store;
    const known = [...store.knownRecords().keys()];
    store.close();
    return storeInMemory(paths, known);
  } catch (error) {
    if (onDamage === undefined || !isDamaged(error)) throw error;
    onDamage(error);
    return storeInMemory(paths, []);
  }
}

function storeInMemory(paths: WorkspacePaths, known: readonly string[]): RunStore {
  const store = openMemoryStore();
  store.rebuild(changedFiles(paths, unread(known)).changes.changed);
  return store;
}

/** The same for any workspace. The index of a shared one is updated first, which is this machine's own copy. */
export async function readStore(
  { paths, records }: { readonly paths: WorkspacePaths; readonly records: Records },
  onDamage?: (error: MlctlError) => void,
): Promise<RunStore> {
  if (paths.shared === undefined) return readFolderStore(paths, onDamage);
  const index = attempt(
    () => openStore(paths.index),
    (error) => {
      if (isDamaged(error) && onDamage !== undefined) onDamage(error);
      // In memory, if the file cannot be written.
      else if (error.kind !== "failure") throw error;
      return openMemoryStore();
    },
  );
  try {
    await syncStore(records, index);
    return index;
  } catch (error) {
    index.close();
    throw error;
  }
}

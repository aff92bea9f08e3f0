/** The store for commands that only look: it never writes, takes no lock, and shows what the records say. */
import type { MlctlError } from "../../core/errors.ts";
import { recordFiles } from "../records/recordFiles.ts";
import { openMemoryStore, openStoreReadonly } from "./openStore.ts";
import type { RunStore } from "./runStore.ts";
import { isDamaged } from "./storeFailure.ts";
import { readRecords, recordChanges } from "./syncStore.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";

/**
 * The index where it is in step with the record files; else (no index yet, a copied workspace, a writer that was
 * killed, a damaged store) one made from the records in memory.
 * @param onDamage called where the store is damaged, which only `mlctl reindex` mends; without it that is an error
 */
export function readStore(paths: WorkspacePaths, onDamage?: (error: MlctlError) => void): RunStore {
  try {
    const store = openStoreReadonly(paths.database);
    if (store === undefined) return storeInMemory(paths, []);
    const { changes } = recordChanges(paths, store);
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
  store.rebuild(readRecords(paths, recordFiles(paths, known)).records);
  return store;
}

/** Opens the store for commands that only read: it writes nothing, takes no lock, and always agrees with the records. */
import type { MlctlError } from "../../core/errors.ts";
import { recordFiles } from "../records/recordFiles.ts";
import { openMemoryStore, openStoreReadonly } from "./openStore.ts";
import type { RunStore } from "./runStore.ts";
import { isDamaged } from "./storeFailure.ts";
import { readRecords, recordChanges } from "./syncStore.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";

/**
 * The index, if it is up to date with the record files. Otherwise (no index yet, a copied workspace, a killed writer, a
 * damaged store) an index in memory that is built from the records.
 * @param onDamage called if the store is damaged, which only `mlctl reindex` repairs; without it, damage is an error
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

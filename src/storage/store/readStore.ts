/** Opens the store for commands that only read: it writes nothing, takes no lock, and always agrees with the records. */
import { attempt, type MlctlError } from "../../core/errors.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";
import { changedFiles } from "../records/recordFiles.ts";
import type { Records } from "../records/records.ts";
import { openMemoryStore, openStore, openStoreReadonly } from "./openStore.ts";
import type { RunStore } from "./runStore.ts";
import { isDamaged } from "./storeFailure.ts";
import { syncStore } from "./syncStore.ts";

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
  const none = new Map(known.map((path) => [path, { stat: "", sha256: "" }]));
  store.rebuild(changedFiles(paths, none).changes.changed);
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

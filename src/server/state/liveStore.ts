/** The index (mlctl.db) for pages and GET requests: one handle that stays open, so a request need not read all record files. */
import type { Workspace } from "../../lifecycle/workspace.ts";
import { identityOf } from "../../storage/sqlite/sqlite.ts";
import { readFolderStore } from "../../storage/store/syncStore.ts";
import { openStoreReadonly } from "../../storage/store/openStore.ts";
import type { RunStore } from "../../storage/store/runStore.ts";
import { isDamaged } from "../../storage/sqlite/failure.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import { attempt } from "../../core/errors.ts";

export type LiveStore = ReturnType<typeof liveStore>;

/** A replaced store stays open for this long: longer than a page waits for its plots. */
const LINGER_MS = 30_000;

/** An index in memory is used for 20 times as long as it took to build, then built again. */
const REUSE_FACTOR = 20;

/**
 * Commands update the index as they write records. If there is no usable index (a copied workspace, an older mlctl), the
 * records are read into memory, which is slow if there are many.
 */
export function liveStore({ paths, context }: Pick<Workspace, "paths" | "context">, clock: () => number) {
  const replaced = new Set<RunStore>();
  let open: { readonly store: RunStore; readonly identity: string; readonly until: number } | undefined;
  const warn = ({ message }: { readonly message: string }): void =>
    context.emit({ type: "warning", stage: "store", message, hint: "run `mlctl reindex`" });
  const reopened = (identity: string): RunStore => {
    if (open !== undefined) retire(open.store);
    open = undefined;
    const start = clock();
    const index = openIndex(paths.index);
    const store = index ?? readFolderStore(paths, warn);
    // An open database file sees new writes; a copy in memory does not.
    const until = index === undefined ? clock() + REUSE_FACTOR * (clock() - start) : Infinity;
    open = { store, identity: index === undefined ? "memory" : identity, until };
    return store;
  };
  /** A page in progress may still use the store. */
  const retire = (store: RunStore): void => {
    replaced.add(store);
    setTimeout(() => void (replaced.delete(store) && store.close()), LINGER_MS).unref();
  };
  return {
    current(): RunStore {
      const identity = identityOf(paths.index);
      if (open === undefined) return reopened(identity);
      const isSame = open.identity === identity || (open.identity === "memory" && clock() < open.until);
      return isSame ? open.store : reopened(identity);
    },
    close(): void {
      for (const store of replaced) store.close();
      replaced.clear();
      open?.store.close();
    },
  };
}

/** Undefined if the index is damaged: the records are read instead, as commands do. */
function openIndex(path: string): RunStore | undefined {
  try {
    return openStoreReadonly(path, { stays: true });
  } catch (error) {
    if (isDamaged(error)) return undefined;
    throw error;
  }
}

/** The newest result; null if there is none, or it cannot be read: the other metrics are reported all the same. */
export function storedMonitoring(store: LiveStore, modelSha256: string): MonitorRecord | null {
  return attempt(
    () => store.current().monitorings({ modelSha256, limit: 1 })[0] ?? null,
    () => null,
  );
}

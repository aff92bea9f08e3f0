/** The index for pages and GET requests: one handle that stays open, so that each costs a query and no look at every record file. */
import { statSync } from "node:fs";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { readStore } from "../../storage/store/readStore.ts";
import { openStoreReadonly } from "../../storage/store/openStore.ts";
import type { RunStore } from "../../storage/store/runStore.ts";
import { isDamaged } from "../../storage/store/storeFailure.ts";
import type { DriftReport } from "../../core/records/drift.ts";
import { MlctlError } from "../../core/errors.ts";

export interface LiveStore {
  current(): RunStore;
  close(): void;
}

/** Longer than a page waits for its plots. */
const LINGER_MS = 30_000;

/** An index in memory is made of all records: it is made anew at most in this share of the time. */
const REST = 20;

/**
 * Writers bring the index in step with the records as they write. Where there is none (a copied workspace, one of an
 * older mlctl), the records are read, which takes long with many.
 */
export function liveStore({ paths, context }: Pick<Workspace, "paths" | "context">, clock: () => number): LiveStore {
  const replaced = new Set<RunStore>();
  let open: { readonly store: RunStore; readonly identity: string; readonly until: number } | undefined;
  const reopened = (identity: string): RunStore => {
    if (open !== undefined) retire(open.store);
    open = undefined;
    const start = clock();
    const kept = keptStore(paths.database);
    const store =
      kept ??
      readStore(paths, ({ message }) =>
        context.emit({ type: "warning", stage: "store", message, hint: "run `mlctl reindex`" }),
      );
    // What stays open sees what is written; a copy in memory does not.
    const until = kept === undefined ? clock() + REST * (clock() - start) : Infinity;
    open = { store, identity: kept === undefined ? "memory" : identity, until };
    return store;
  };
  /** A page that is being written may still ask it. */
  const retire = (store: RunStore): void => {
    replaced.add(store);
    setTimeout(() => void (replaced.delete(store) && store.close()), LINGER_MS).unref();
  };
  return {
    current() {
      const identity = identityOf(paths.database);
      if (open === undefined) return reopened(identity);
      const isSame = open.identity === identity || (open.identity === "memory" && clock() < open.until);
      return isSame ? open.store : reopened(identity);
    },
    close() {
      for (const store of replaced) store.close();
      replaced.clear();
      open?.store.close();
    },
  };
}

/** Undefined for one that is damaged: the records answer in its place, as they do for commands. */
function keptStore(path: string): RunStore | undefined {
  try {
    return openStoreReadonly(path, { stays: true });
  } catch (error) {
    if (isDamaged(error)) return undefined;
    throw error;
  }
}

/** Another file in its place is another index: restored, or made anew. */
function identityOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? "none" : `${stat.dev} ${stat.ino}`;
}

/** Null where nothing was recorded, or where it cannot be read now: the other figures are told all the same. */
export function storedDrift(store: LiveStore, modelSha256: string): DriftReport | null {
  try {
    return store.current().monitorings({ modelSha256, limit: 1 })[0]?.drift ?? null;
  } catch (error) {
    if (error instanceof MlctlError) return null;
    throw error;
  }
}

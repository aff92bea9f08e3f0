/** Updates the index from the records. Every writer does this first, which repairs the effects of a kill. */
import type { RecordProblem, Records } from "../records/records.ts";
import type { RunStore } from "./runStore.ts";

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

/** Writes a record and indexes it. */
import type { Records } from "../records/records.ts";
import type { WorkspaceRecord } from "../records/workspaceRecord.ts";
import type { RunStore } from "./runStore.ts";

/** What writes records: the workspace's truth and its index. */
export interface RecordWriter {
  readonly records: Records;
  readonly store: RunStore;
}

/**
 * Writes the record before the index, so that after a kill in between the next writer's sync finds it. Not for the active
 * deployment, which `Records.deploy` writes.
 */
export async function saveRecord({ records, store }: RecordWriter, record: WorkspaceRecord): Promise<void> {
  store.update({ changed: [await records.save(record)], touched: [], removed: [] });
}

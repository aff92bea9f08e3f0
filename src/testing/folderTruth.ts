/** Records in folders, for tests that have no workspace. */
import { folderRecords } from "../storage/openRecords.ts";
import type { WorkspacePaths } from "../storage/files/workspacePaths.ts";
import type { WorkspaceRecord } from "../storage/records/records.ts";
import type { RunStore } from "../storage/store/runStore.ts";
import { saveRecord } from "../storage/store/saveRecord.ts";

/** A workspace's truth, for the functions that take it. */
export const truthOf = (paths: WorkspacePaths) => ({ paths, records: folderRecords(paths) });

/** Saves and indexes a record. */
export function save(paths: WorkspacePaths, store: RunStore, record: WorkspaceRecord): Promise<void> {
  return saveRecord({ records: folderRecords(paths), store }, record);
}

/** Writes a record and indexes it. */
import { type Records, type WorkspaceRecord, recordPath } from "../records/records.ts";
import type { RunStore } from "./runStore.ts";
import { isOwnFile, fromRecordPath, toRecordPath, type WorkspacePaths } from "../files/workspacePaths.ts";
import { removeFile } from "../files/atomicWrite.ts";

/** What writes records: the workspace's truth and its index. */
export interface RecordWriter {
  readonly records: Records;
  readonly store: RunStore;
}

export type WorkspaceWriter = RecordWriter & { readonly paths: WorkspacePaths };

/**
 * Writes the record before the index, so that after a kill in between the next writer's sync finds it. Not for the active
 * deployment, which `Records.deploy` writes.
 */
export async function saveRecord({ records, store }: RecordWriter, record: WorkspaceRecord): Promise<void> {
  store.update({ changed: [await records.save(record)], touched: [], removed: [] });
}

/**
 * Removes records first, then their index entries, then the files. A kill in between leaves only files that no record
 * names, which the next prune finds. The caller holds the lock.
 * @param files paths as in records; files outside mlctl's folders are not removed, because a record may be untrusted
 */
export async function forgetRecords(
  { records: truth, store, paths }: WorkspaceWriter,
  { records, files }: { readonly records: readonly WorkspaceRecord[]; readonly files: readonly string[] },
): Promise<void> {
  const removed = records.map((record) => toRecordPath(paths.workspace, recordPath(paths, record)));
  if (removed.length > 0) {
    await truth.remove(removed);
    store.update({ changed: [], touched: [], removed });
  }
  for (const file of files.map((each) => fromRecordPath(paths.workspace, each)))
    if (isOwnFile(paths, file)) removeFile(file);
}

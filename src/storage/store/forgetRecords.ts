/** Removes records and their files in an order that never leaves a record of a missing file, even after a kill. */
import { isOwnFile } from "../files/isOwnFile.ts";
import { removeFile } from "../files/removeFile.ts";
import { fromRecordPath, toRecordPath, type WorkspacePaths } from "../files/workspacePaths.ts";
import { recordPath, type WorkspaceRecord } from "../records/workspaceRecord.ts";
import type { RecordWriter } from "./saveRecord.ts";

/**
 * Removes records first, then their index entries, then the files. A kill in between leaves only files that no record
 * names, which the next prune finds. The caller holds the lock.
 * @param files paths as in records; files outside mlctl's folders are not removed, because a record may be untrusted
 */
export async function forgetRecords(
  { records: truth, store, paths }: RecordWriter & { readonly paths: WorkspacePaths },
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

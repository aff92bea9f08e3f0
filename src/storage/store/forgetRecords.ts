/** Removes records and their files in an order that never leaves a record of a missing file, even after a kill. */
import { rmSync } from "node:fs";
import { syncFolder } from "../files/commitFile.ts";
import { dirname } from "node:path";
import { isOwnFile } from "../files/isOwnFile.ts";
import type { RunStore } from "./runStore.ts";
import { fromRecordPath, toRecordPath, type WorkspacePaths } from "../files/workspacePaths.ts";
import { recordPath, type WorkspaceRecord } from "../records/workspaceRecord.ts";
import { errorCode, writeFailure } from "../files/writeFailure.ts";

/**
 * Removes records first, then their index entries, then the files. A kill in between leaves only files that no record
 * names, which the next prune finds. The caller holds the lock.
 * @param files paths as in records; files outside mlctl's folders are not removed, because a record may be untrusted
 */
export function forgetRecords(
  paths: WorkspacePaths,
  store: RunStore,
  { records, files }: { readonly records: readonly WorkspaceRecord[]; readonly files: readonly string[] },
): void {
  const removed = records.map((record) => recordPath(paths, record));
  for (const path of removed) remove(path);
  // On disk before the files are removed: after a power cut, no record may come back without its files.
  for (const folder of new Set(removed.map(dirname))) syncFolder(folder);
  const forgotten = removed.map((path) => toRecordPath(paths.workspace, path));
  if (forgotten.length > 0) store.update({ changed: [], touched: [], removed: forgotten });
  for (const file of files.map((each) => fromRecordPath(paths.workspace, each)))
    if (isOwnFile(paths, file)) remove(file);
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw errorCode(error) === undefined ? error : writeFailure(error, path);
  }
}

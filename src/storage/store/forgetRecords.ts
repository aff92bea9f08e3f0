/** Takes records and their files away so that a kill at any instant leaves nothing that names what is gone. */
import { rmSync } from "node:fs";
import { syncFolder } from "../files/commitFile.ts";
import { dirname } from "node:path";
import { isOwnFile } from "../files/isOwnFile.ts";
import type { RunStore } from "./runStore.ts";
import { fromRecordPath, toRecordPath, type WorkspacePaths } from "../files/workspacePaths.ts";
import { recordPath, type WorkspaceRecord } from "../records/workspaceRecord.ts";
import { errorCode, writeFailure } from "../files/writeFailure.ts";

/**
 * Records first, then the index, then the files they named: in between there are only files that no record names,
 * which the next prune finds. The caller holds the lock.
 * @param files as records name them; what lies outside of the folders that mlctl writes to is not taken away, whatever
 *   a stranger's record says
 */
export function forgetRecords(
  paths: WorkspacePaths,
  store: RunStore,
  { records, files }: { readonly records: readonly WorkspaceRecord[]; readonly files: readonly string[] },
): void {
  const removed = records.map((record) => recordPath(paths, record));
  for (const path of removed) remove(path);
  // On disk before their files go: after a power cut no record may come back without them.
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

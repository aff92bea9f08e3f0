/** Writes a record file and indexes it. */
import { atomicWrite } from "../files/atomicWrite.ts";
import { readRecord, recordFile } from "../records/recordFiles.ts";
import type { RunStore } from "./runStore.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";
import { recordPath, recordText, type WorkspaceRecord } from "../records/workspaceRecord.ts";

/**
 * Writes the file before the index, so that after a kill in between the next writer's sync finds the file. Not for the
 * active deployment, which commitDeployment writes.
 * @returns absolute path of the record file
 */
export function saveRecord(paths: WorkspacePaths, store: RunStore, record: WorkspaceRecord): string {
  const path = recordPath(paths, record);
  atomicWrite(path, recordText(record));
  const file = recordFile(paths, path);
  // Read the file back, so that the index contains what a reindex would see.
  if (file !== undefined) store.update({ changed: [readRecord(paths, file)], touched: [], removed: [] });
  return path;
}

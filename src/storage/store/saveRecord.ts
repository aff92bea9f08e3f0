/** Writes a record file and indexes it. */
import { atomicWrite } from "../files/atomicWrite.ts";
import { readRecord, recordFile } from "../records/recordFiles.ts";
import type { RunStore } from "./runStore.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";
import { recordPath, recordText, type WorkspaceRecord } from "../records/workspaceRecord.ts";

/**
 * File first, index second: killed in between, the next writer's sync finds the file.
 * A deployment in force is not saved here but by commitDeployment.
 * @returns where the record lies (absolute)
 */
export function saveRecord(paths: WorkspacePaths, store: RunStore, record: WorkspaceRecord): string {
  const path = recordPath(paths, record);
  atomicWrite(path, recordText(record));
  const file = recordFile(paths, path);
  // Read back, so that what is indexed is what a reindex would see.
  if (file !== undefined) store.update({ changed: [readRecord(paths, file)], touched: [], removed: [] });
  return path;
}

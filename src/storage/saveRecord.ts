/** Writes a record file and indexes it. */
import type { Dataset } from "../core/dataset.ts";
import type { Execution } from "../core/execution.ts";
import type { MonitorRecord } from "../core/monitoring.ts";
import type { Run } from "../core/run.ts";
import type { SearchRecord } from "../core/search.ts";
import type { Aliases } from "./aliases.ts";
import { atomicWrite } from "./atomicWrite.ts";
import { readRecord, recordFile } from "./recordFiles.ts";
import type { RunStore } from "./store/runStore.ts";
import type { WorkspacePaths } from "./workspacePaths.ts";
import { recordPath, recordText } from "./workspaceRecord.ts";

/**
 * File first, index second: killed in between, the next writer's sync finds the file.
 * A deployment is not saved here but by commitDeployment.
 * @returns where the record lies (absolute)
 */
export function saveRecord(
  paths: WorkspacePaths,
  store: RunStore,
  record: SearchRecord | Dataset | Run | Aliases | MonitorRecord | Execution,
): string {
  const path = recordPath(paths, record);
  atomicWrite(path, recordText(record));
  const file = recordFile(paths, path);
  // Read back, so that what is indexed is what a reindex would see.
  if (file !== undefined) store.update({ changed: [readRecord(paths, file)], touched: [], removed: [] });
  return path;
}

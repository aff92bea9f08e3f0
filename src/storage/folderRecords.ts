/** Records as JSON files in the folders of one workspace: what a machine has by itself. */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { commitDeployment } from "./deployment/commitDeployment.ts";
import { atomicWrite } from "./files/atomicWrite.ts";
import { syncFolder, removeFile } from "./files/commitFile.ts";
import { fromRecordPath, type WorkspacePaths, toRecordPath } from "./files/workspacePaths.ts";
import { acquireLock, lockHolder } from "./lock.ts";
import { changedFiles } from "./records/recordFiles.ts";
import { readRecord, recordFile } from "./records/recordFiles.ts";
import { noArtifacts, type Records, type StateName } from "./records/records.ts";
import { monitoringFolder, recordPath, recordText, scheduleFolder } from "./records/workspaceRecord.ts";

/** Maximum wait for the lock of a state; a change takes far less. */
const STATE_MILLISECONDS = 60_000;

function statePath(paths: WorkspacePaths, name: StateName): string {
  return name === "alerts" ? join(monitoringFolder(paths), "alerts.json") : join(scheduleFolder(paths), "jobs.json");
}

export function folderRecords(paths: WorkspacePaths): Records {
  return {
    ...noArtifacts,
    changes: async (known) => changedFiles(paths, known),
    async save(record) {
      const path = recordPath(paths, record);
      atomicWrite(path, recordText(record));
      // Read the file back, so that the index contains what a reindex would see.
      return readRecord(paths, recordFile(paths, toRecordPath(paths.workspace, path))!);
    },
    async remove(removed) {
      const files = removed.map((path) => fromRecordPath(paths.workspace, path));
      for (const file of files) removeFile(file);
      // On disk before their artifacts are removed: after a power cut, no record may come back without its files.
      for (const folder of new Set(files.map(dirname))) syncFolder(folder);
    },
    deploy: async (request) => commitDeployment(paths, request),
    async state(name, change) {
      const path = statePath(paths, name);
      const read = (): string | null => (existsSync(path) ? readFileSync(path, "utf8") : null);
      if (change === undefined) return read();
      const database = `${paths.database}.${name}`;
      const release = await acquireLock({ database, command: name, waitMs: STATE_MILLISECONDS, now: () => new Date() });
      try {
        const before = read();
        const after = change(before);
        if (after === null) rmSync(path, { force: true });
        else if (after !== before) atomicWrite(path, after);
        return after;
      } finally {
        release();
      }
    },
    async lock(request) {
      const database = request.job === undefined ? paths.database : join(scheduleFolder(paths), request.job);
      const release = await acquireLock({ ...request, database });
      return { now: request.now, release: async () => release() };
    },
    holder: async () => lockHolder(paths.database),
  };
}

/** Records as JSON files in the folders of one workspace: what a machine has by itself. */
import { dirname } from "node:path";
import { commitDeployment } from "./deployment/commitDeployment.ts";
import { atomicWrite } from "./files/atomicWrite.ts";
import { syncFolder } from "./files/commitFile.ts";
import { removeFile } from "./files/removeFile.ts";
import { fromRecordPath, type WorkspacePaths } from "./files/workspacePaths.ts";
import { acquireLock, lockHolder } from "./lock.ts";
import { changedFiles } from "./records/changedFiles.ts";
import { readRecord, recordFile } from "./records/recordFiles.ts";
import { noArtifacts, type Records } from "./records/records.ts";
import { recordPath, recordText } from "./records/workspaceRecord.ts";

export function folderRecords(paths: WorkspacePaths): Records {
  return {
    ...noArtifacts,
    changes: async (known) => changedFiles(paths, known),
    async save(record) {
      const path = recordPath(paths, record);
      atomicWrite(path, recordText(record));
      // Read the file back, so that the index contains what a reindex would see.
      return readRecord(paths, recordFile(paths, path)!);
    },
    async remove(removed) {
      const files = removed.map((path) => fromRecordPath(paths.workspace, path));
      for (const file of files) removeFile(file);
      // On disk before their artifacts are removed: after a power cut, no record may come back without its files.
      for (const folder of new Set(files.map(dirname))) syncFolder(folder);
    },
    deploy: async (request) => commitDeployment(paths, request),
    async lock(request) {
      const release = await acquireLock({ ...request, database: paths.database });
      return { now: request.now, release: async () => release() };
    },
    holder: async () => lockHolder(paths.database),
  };
}

/** Chooses where the records of a workspace are. The Postgres client is loaded only when it is used. */
import { folderRecords } from "./folderRecords.ts";
import type { WorkspacePaths } from "./files/workspacePaths.ts";
import type { Records } from "./records/records.ts";

/** Opens nothing yet. @param allow called before each use of a server; throws if config.json may not call it */
export function openRecords(paths: WorkspacePaths, allow: () => void): Records {
  const { shared } = paths;
  if (shared === undefined) return folderRecords(paths);
  let opened: Promise<Records> | undefined;
  const open = async (): Promise<Records> => {
    allow();
    opened ??= import("./postgres/postgresRecords.ts").then((module) => module.postgresRecords(paths, shared));
    return opened;
  };
  return {
    changes: async (known) => (await open()).changes(known),
    save: async (record) => (await open()).save(record),
    remove: async (removed) => (await open()).remove(removed),
    deploy: async (request) => (await open()).deploy(request),
    lock: async (request) => (await open()).lock(request),
    holder: async () => (await open()).holder(),
  };
}

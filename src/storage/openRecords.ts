/** Chooses where the records of a workspace are. The clients of Postgres and S3 are loaded only when they are used. */
import { folderRecords } from "./folderRecords.ts";
import type { WorkspacePaths } from "./files/workspacePaths.ts";
import { noArtifacts, type Records } from "./records/records.ts";

/**
 * Opens nothing yet.
 * @param allow called before each use of a server; throws if config.json may not call it
 * @param signal ends uploads and downloads
 */
export function openRecords(
  paths: WorkspacePaths,
  allow: () => void,
  signal: AbortSignal = new AbortController().signal,
): Records {
  const { shared, bucket } = paths;
  if (shared === undefined) return folderRecords(paths);
  let opened: Promise<Records> | undefined;
  const open = async (): Promise<Records> => {
    allow();
    return (opened ??= import("./postgres/postgresRecords.ts").then(async ({ postgresRecords }) => {
      if (bucket === undefined) return postgresRecords(paths, shared, noArtifacts);
      const { bucketArtifacts } = await import("./bucket/bucketArtifacts.ts");
      return postgresRecords(paths, shared, bucketArtifacts(paths, bucket, signal));
    }));
  };
  return {
    changes: async (known) => (await open()).changes(known),
    save: async (record) => (await open()).save(record),
    remove: async (removed) => (await open()).remove(removed),
    deploy: async (request) => (await open()).deploy(request),
    state: async (name, change) => (await open()).state(name, change),
    lock: async (request) => (await open()).lock(request),
    holder: async () => (await open()).holder(),
    fetch: async (record, artifacts) => (await open()).fetch(record, artifacts),
    isKept: async (artifact) => (await open()).isKept(artifact),
  };
}

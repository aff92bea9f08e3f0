/** Chooses where the records of a workspace are. */
import { bucketArtifacts } from "./bucket/bucketArtifacts.ts";
import { folderRecords } from "./folderRecords.ts";
import type { WorkspacePaths } from "./files/workspacePaths.ts";
import { postgresRecords } from "./postgres/postgresRecords.ts";
import { noArtifacts, type Records } from "./records/records.ts";

/**
 * Opens nothing yet.
 * @param allow called before a server is called; throws if config.json may not call it
 * @param signal ends uploads and downloads
 */
export function openRecords(
  paths: WorkspacePaths,
  allow: () => void,
  signal: AbortSignal = new AbortController().signal,
): Records {
  const { shared, bucket } = paths;
  if (shared === undefined) return folderRecords(paths);
  const artifacts = bucket === undefined ? noArtifacts : bucketArtifacts(paths, bucket, signal, allow);
  return postgresRecords(paths, shared, artifacts, allow);
}

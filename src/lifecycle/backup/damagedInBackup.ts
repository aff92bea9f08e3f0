/** Compares the copied files with the hashes in the copied records. */
import { MlctlError } from "../../core/errors.ts";
import type { ConfiguredPaths } from "../../config/workspaceOf.ts";
import type { ArchivedFile, ArchiveEntry } from "../../storage/backup/archive.ts";
import { parseRecordFile } from "../../storage/records/recordFiles.ts";
import { toRecordPath } from "../../storage/files/workspacePaths.ts";
import { artifactsOf } from "../../storage/records/workspaceRecord.ts";

/** Sorted paths of unreadable records, and of files that are missing or changed. */
export function damagedIn(
  entries: readonly ArchiveEntry[],
  written: readonly ArchivedFile[],
  paths: ConfiguredPaths,
): string[] {
  const hashes = new Map(
    written.flatMap(({ name, sha256 }) => {
      const source = sourceOf(name, paths);
      return source === undefined ? [] : [[toRecordPath(paths.workspace, source), sha256] as const];
    }),
  );
  const damaged = entries.flatMap(({ name, content }) => {
    if (!Buffer.isBuffer(content)) return [];
    try {
      const record = parseRecordFile(content.toString("utf8"), name);
      if (record === undefined) return [];
      return artifactsOf(record).flatMap(([, { path, sha256 }]) => (hashes.get(path) === sha256 ? [] : [path]));
    } catch (error) {
      if (!(error instanceof MlctlError)) throw error;
      return [name];
    }
  });
  return [...new Set(damaged)].toSorted();
}

/** Path of the file with this name in the archive; undefined if it is not in one of the three folders. */
export function sourceOf(name: string, { production, models, datasets }: ConfiguredPaths): string | undefined {
  const [role = "", ...below] = name.split("/");
  const folder = new Map(Object.entries({ production, models, datasets })).get(role);
  return folder === undefined ? undefined : `${folder}/${below.join("/")}`;
}

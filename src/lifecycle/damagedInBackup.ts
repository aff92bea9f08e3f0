/** Holds what was copied against the hashes that the copied records name. */
import { MlctlError } from "../core/errors.ts";
import type { ConfiguredPaths } from "../config/workspaceOf.ts";
import type { ArchivedFile, ArchiveEntry } from "../storage/archive.ts";
import { parseRecordFile } from "../storage/recordFiles.ts";
import { toRecordPath } from "../storage/workspacePaths.ts";
import { artifactsOf } from "../storage/workspaceRecord.ts";

/** Paths of records that cannot be read and of artifacts that are missing or changed; sorted. */
export function damagedIn(
  entries: readonly ArchiveEntry[],
  written: readonly ArchivedFile[],
  { workspace, production, models, datasets }: ConfiguredPaths,
): string[] {
  const folders = { production, models, datasets };
  const hashes = new Map(
    written.flatMap(({ name, sha256 }) => {
      const [role = "", ...below] = name.split("/");
      const folder = (folders as Record<string, string>)[role];
      return folder === undefined ? [] : [[toRecordPath(workspace, `${folder}/${below.join("/")}`), sha256] as const];
    }),
  );
  const damaged = entries.flatMap(({ name, content }) => {
    if (!Buffer.isBuffer(content)) return [];
    try {
      const record = parseRecordFile(content.toString("utf8"), name);
      if (record === undefined) return [];
      // What lies outside the three folders was not copied, and is not judged.
      return artifactsOf(record).flatMap(([, { path, sha256 }]) => (hashes.get(path) === sha256 ? [] : [path]));
    } catch (error) {
      if (!(error instanceof MlctlError)) throw error;
      return [name];
    }
  });
  return [...new Set(damaged)].toSorted();
}

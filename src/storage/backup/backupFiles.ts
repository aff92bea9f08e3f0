/** The files of a workspace, their names in an archive, and the manifest of an archive. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { hasUnreadableName } from "../../core/unreadableName.ts";
import { errorCode } from "../files/atomicWrite.ts";
import { toRecordPath } from "../files/workspacePaths.ts";
import { notABackup, type ArchivedFile } from "./archive.ts";

/**
 * The name of a file in an archive: its path in the workspace, below "workspace". What config.json puts elsewhere is
 * below "outside", with its whole path.
 */
export function archiveName(workspace: string, path: string): string {
  const relative = toRecordPath(workspace, path);
  if (!/^(\.\.(\/|$)|\/|[A-Za-z]:)/.test(relative)) return `workspace/${relative}`;
  return `outside/${path.replaceAll("\\", "/").replace(/^\/+|:/g, "")}`;
}

/** Locks, temporary files, the files that SQLite keeps beside an open database, and earlier backups. */
const transient = /(^|\/)(\.mlctl-|[^/]*(\.lock(\.json)?|\.lock-(journal|wal|shm))$|backup_\d{8}T\d{9}Z\.tar\.gz$)/;

/** State that is valid only on this machine: which jobs are installed in its schedulers. */
const machineSpecific = /(^|\/)schedule\/(jobs\.json|cron\.log)$/;

/** @param places folders and files @param database files whose paths begin like it are left out */
export function backupFiles(places: readonly string[], database: string): string[] {
  const paths = new Set(places.flatMap(filesIn));
  return [...paths].filter(
    (path) => !transient.test(path) && !machineSpecific.test(path) && !path.startsWith(database),
  );
}

/** A folder that vanishes meanwhile, as a drop of `watch` does, has no files; one whose name cannot be read is named. */
function filesIn(place: string): string[] {
  if (!existsSync(place)) return [];
  if (statSync(place).isFile()) return [place];
  try {
    return readdirSync(place, { withFileTypes: true })
      .flatMap((entry) => {
        const path = join(place, entry.name);
        if (entry.isDirectory()) return hasUnreadableName(path) ? [path] : filesIn(path);
        return entry.isFile() ? [path] : [];
      })
      .toSorted();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** Increase it when an older mlctl could not restore a new backup correctly. */
const VERSION = 2;

export interface BackupManifest {
  readonly codeVersion: string;
  readonly createdAt: string;
  readonly configName: string;
  readonly files: readonly ArchivedFile[];
}

export function backupManifest(manifest: BackupManifest): string {
  return `${JSON.stringify({ format: "mlctl-backup", version: VERSION, ...manifest }, null, 2)}\n`;
}

/** @throws {MlctlError} kind "data" if it is not a manifest, or was written by a newer mlctl */
export function readManifest(text: string, archive: string): BackupManifest {
  const manifest = parseJson(text) as Partial<BackupManifest & { format: string; version: number }> | undefined;
  const isOurs = manifest?.format === "mlctl-backup" && Array.isArray(manifest.files);
  if (!isOurs || typeof manifest.configName !== "string") throw notABackup(archive, "its manifest is damaged");
  if (manifest.version === VERSION) return manifest as BackupManifest;
  throw new MlctlError("data", `${archive} was written by another version of mlctl (${manifest.codeVersion})`, {
    hint: "restore it with that version",
  });
}

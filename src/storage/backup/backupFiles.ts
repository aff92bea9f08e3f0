/** The files of a workspace by their names in an archive, and the manifest of an archive. */
import { existsSync, readdirSync, statSync, type Dirent } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { timestamp } from "../../core/text/format.ts";
import { hasUnreadableName } from "../../core/unreadableName.ts";
import { errorCode } from "../files/atomicWrite.ts";
import { notABackup, type ArchivedFile } from "./archive.ts";

/** The folders of a workspace, as they are named in an archive. */
export const backupFolders = ["production", "models", "datasets", "inputs", "tests", "drops"] as const;

/** Absolute paths; a path may also be a single file. */
export type BackupPlaces = Readonly<Partial<Record<(typeof backupFolders)[number], string>>>;

/** Locks, temporary files, the files that SQLite keeps beside an open database, and earlier backups. */
const transient = /(^|\/)(\.mlctl-|[^/]*(\.lock(\.json)?|\.lock-(journal|wal|shm))$|backup_\d{8}T\d{9}Z\.tar\.gz$)/;

/** State that is valid only on this machine: which jobs are installed in its schedulers. */
const machineSpecific = /(^|\/)schedule\/(jobs\.json|cron\.log)$/;

/**
 * A file in several of the folders, because one is inside another, is listed once.
 * @param database the files whose paths begin like it are left out
 * @param onLeftOut receives the files whose names are not UTF-8
 */
export function backupFiles(
  places: BackupPlaces,
  database: string,
  onLeftOut: (paths: readonly string[]) => void = () => {},
): { name: string; path: string }[] {
  const names = new Map<string, string>();
  for (const role of backupFolders) {
    for (const path of filesIn(places[role])) {
      const name = `${role}/${relative(places[role]!, path).split(sep).join("/") || basename(path)}`;
      const isOurs = !transient.test(name) && !machineSpecific.test(name) && !path.startsWith(database);
      if (isOurs && !names.has(path)) names.set(path, name);
    }
  }
  const leftOut = [...names.keys()].filter(hasUnreadableName);
  for (const path of leftOut) names.delete(path);
  if (leftOut.length > 0) onLeftOut(leftOut);
  return [...names].map(([path, name]) => ({ name, path }));
}

/** A folder that vanishes meanwhile, as a drop of `watch` does, has no files; one whose name cannot be read is named. */
function filesIn(place: string | undefined): string[] {
  if (place === undefined || !existsSync(place)) return [];
  if (statSync(place).isFile()) return [place];
  return entriesOf(place)
    .flatMap((entry) => {
      const path = join(place, entry.name);
      if (entry.isDirectory()) return hasUnreadableName(path) ? [path] : filesIn(path);
      return entry.isFile() ? [path] : [];
    })
    .toSorted();
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

export function backupName(at: Date): string {
  return `backup_${timestamp(at)}.tar.gz`;
}

/** Increase it when an older mlctl could not restore a new backup correctly. */
const VERSION = 1;

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
  if (!isOurs || !isPlainName(manifest.configName)) throw notABackup(archive, "its manifest is damaged");
  if ((manifest.version ?? 0) <= VERSION) return manifest as BackupManifest;
  throw new MlctlError("data", `${archive} was written by a newer mlctl (${manifest.codeVersion})`, {
    hint: "update mlctl",
  });
}

function isPlainName(name: unknown): boolean {
  return typeof name === "string" && /^[^/\\:\p{Cc}]+$/u.test(name) && !/^(\.|\.\.|\.mlctl-.*)$/.test(name);
}

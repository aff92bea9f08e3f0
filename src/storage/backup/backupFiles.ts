/** Lists the files of a workspace in an order in which they can be copied while another mlctl writes. */
import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { hasUnreadableName } from "../../core/unreadableName.ts";
import type { ArchiveEntry } from "./archive.ts";
import { isBackupName } from "./workspaceBackups.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";
import { errorCode } from "../files/writeFailure.ts";

/** The folders of a workspace, as they are named in an archive. */
export const backupFolders = ["production", "models", "datasets", "inputs", "tests", "drops"] as const;

export type BackupFolder = (typeof backupFolders)[number];

/** Locks, temporary files, and the files that SQLite keeps beside an open database. */
const transient = /^\.mlctl-|\.lock(\.json)?$|\.lock-(journal|wal|shm)$/;

/** State that is valid only on this machine: which jobs are installed in its schedulers. */
const machineSpecific = /(^|\/)schedule\/(jobs\.json|cron\.log)$/;

/** JSON records, which are small and may be replaced at any time; not models, and not files of the data folders. */
const isRecord = (name: string): boolean =>
  /^(production|models|datasets)\/.*\.json$/.test(name) && !/(^|\/)trainedmodel/.test(name);

/** Absolute paths; a path may also be a single file. */
export type BackupPlaces = Readonly<Partial<Record<BackupFolder, string>>>;

/**
 * Reads deployment.json before it lists the history, and all records before the artifacts. So the history has no gap and
 * each copied record has its files, even if models are trained or deployed meanwhile.
 * @param onLeftOut receives the files whose names are not UTF-8
 */
export function backupFiles(
  folders: BackupPlaces,
  { database }: Pick<WorkspacePaths, "database">,
  onLeftOut: (paths: readonly string[]) => void = () => {},
): ArchiveEntry[] {
  const leftOut = new Set<string>();
  const list = (wanted: (name: string) => boolean): Found[] =>
    backupFolders.flatMap((role) => {
      const folder = folders[role];
      if (folder === undefined) return [];
      return foundIn(role, folder).filter(({ name, path }) => {
        if (hasUnreadableName(path)) leftOut.add(path);
        const isOurs = !path.startsWith(database) && !machineSpecific.test(name);
        return wanted(name) && isOurs && innermost(path, folders) === role;
      });
    });
  const current = list((name) => name === DEPLOYMENT).flatMap(read);
  const records = list((name) => name !== DEPLOYMENT && isRecord(name)).flatMap(read);
  const rest = list((name) => !isRecord(name)).flatMap(({ name, path }) => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return stat?.isFile() === true ? [{ name, content: { path, bytes: stat.size } }] : [];
  });
  if (leftOut.size > 0) onLeftOut([...leftOut]);
  return [...current, ...records, ...rest];
}

/** A dropped file moves from input to processing to its final folder; listing in this order misses none. */
function foundIn(role: BackupFolder, folder: string): Found[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isFile() === true) {
    return [{ name: `${role}/${basename(folder)}`, path: folder }];
  }
  const first = role === "drops" ? ["input", "processing"].flatMap((name) => filesIn(folder, name)) : [];
  const names = new Set([...first, ...filesIn(folder)]);
  return [...names].map((below) => ({ name: `${role}/${below}`, path: join(folder, below) }));
}

/** Assigns a file to the innermost of nested folders, so that it is in the archive only once. */
function innermost(path: string, folders: BackupPlaces): BackupFolder | undefined {
  const around = backupFolders.flatMap((role) => {
    const folder = folders[role];
    return folder !== undefined && `${path}${sep}`.startsWith(`${folder}${sep}`)
      ? [{ role, depth: folder.length }]
      : [];
  });
  return around.toSorted((a, b) => b.depth - a.depth)[0]?.role;
}

const DEPLOYMENT = "production/deployment.json";

interface Found {
  readonly name: string;
  readonly path: string;
}

/** Empty if the file has been removed meanwhile. */
function read({ name, path }: Found): ArchiveEntry[] {
  try {
    return [{ name, content: readFileSync(path) }];
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** Relative paths, with forward slashes. Links are not followed, because they may lead anywhere. */
function filesIn(folder: string, below = ""): string[] {
  return entriesIn(join(folder, below)).flatMap((entry) => {
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    if (transient.test(entry.name) || isBackupName(entry.name)) return [];
    if (entry.isDirectory()) return filesIn(folder, name);
    return entry.isFile() ? [name] : [];
  });
}

function entriesIn(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return [];
    throw error;
  }
}

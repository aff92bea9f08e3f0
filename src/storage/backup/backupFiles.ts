/** Which files make up a workspace, in an order in which they can be copied while another mlctl writes. */
import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, sep } from "node:path";
import type { ArchiveEntry } from "./archive.ts";
import { isBackupName } from "./workspaceBackups.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";
import { errorCode } from "../files/writeFailure.ts";

/** The folders of a workspace, by what an archive calls them. */
export const backupFolders = ["production", "models", "datasets", "inputs", "tests", "drops"] as const;

export type BackupFolder = (typeof backupFolders)[number];

/** Locks, what is being written, and what SQLite keeps beside a database that is open. */
const passing = /^\.mlctl-|\.lock(\.json)?$|\.lock-(journal|wal|shm)$/;

/** Which jobs another machine is told to run is not this one's word. */
const ofThisMachine = /(^|\/)schedule\/(jobs\.json|cron\.log)$/;

/** Small files that are replaced now and then; models are neither, and in the other folders lie data. */
const isRecord = (name: string): boolean =>
  /^(production|models|datasets)\/.*\.json$/.test(name) && !/(^|\/)trainedmodel/.test(name);

/** Absolute; a file stands for itself alone. */
export type BackupPlaces = Readonly<Partial<Record<BackupFolder, string>>>;

/**
 * deployment.json is read before its history is listed, and all records before artifacts are: whatever is deployed or
 * trained meanwhile, the history has no gap and each record that is copied has its files.
 */
export function backupFiles(folders: BackupPlaces, { database }: Pick<WorkspacePaths, "database">): ArchiveEntry[] {
  const list = (wanted: (name: string) => boolean): Found[] =>
    backupFolders.flatMap((role) => {
      const folder = folders[role];
      if (folder === undefined) return [];
      return foundIn(role, folder).filter(({ name, path }) => {
        const isOurs = !path.startsWith(database) && !ofThisMachine.test(name);
        return wanted(name) && isOurs && innermost(path, folders) === role;
      });
    });
  const current = list((name) => name === DEPLOYMENT).flatMap(read);
  const records = list((name) => name !== DEPLOYMENT && isRecord(name)).flatMap(read);
  const rest = list((name) => !isRecord(name)).flatMap(({ name, path }) => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return stat?.isFile() === true ? [{ name, content: { path, bytes: stat.size } }] : [];
  });
  return [...current, ...records, ...rest];
}

/** A dropped file goes from input over processing to its end: looked for in that order, none is missed on its way. */
function foundIn(role: BackupFolder, folder: string): Found[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isFile() === true) {
    return [{ name: `${role}/${basename(folder)}`, path: folder }];
  }
  const first = role === "drops" ? ["input", "processing"].flatMap((name) => filesIn(folder, name)) : [];
  const names = new Set([...first, ...filesIn(folder)]);
  return [...names].map((below) => ({ name: `${role}/${below}`, path: join(folder, below) }));
}

/** A folder may lie in another one: each file is in the archive once. */
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

/** One that vanished meanwhile is left out. */
function read({ name, path }: Found): ArchiveEntry[] {
  try {
    return [{ name, content: readFileSync(path) }];
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** Relative, with forward slashes; links are not followed: they may lead anywhere. */
function filesIn(folder: string, below = ""): string[] {
  return entriesIn(join(folder, below)).flatMap((entry) => {
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    if (passing.test(entry.name) || isBackupName(entry.name)) return [];
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

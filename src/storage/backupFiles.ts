/** Which files make up a workspace, in an order in which they can be copied while another mlctl writes. */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ArchiveEntry } from "./archive.ts";
import type { WorkspacePaths } from "./workspacePaths.ts";
import { errorCode } from "./writeFailure.ts";

/** The folders of a workspace, by what an archive calls them. */
export const backupFolders = ["production", "models", "datasets", "inputs", "tests"] as const;

export type BackupFolder = (typeof backupFolders)[number];

/** Locks, what is being written, and what SQLite keeps beside a database that is open. */
const passing = /^\.mlctl-|\.lock(\.json)?$|\.lock-(journal|wal|shm)$/;

/** Which jobs another machine is told to run is not this one's word. */
const ofThisMachine = /(^|\/)schedule\/(jobs\.json|cron\.log)$/;

/** Small files that are replaced now and then; models are neither. */
const isRecord = (name: string): boolean => name.endsWith(".json") && !/(^|\/)trainedmodel/.test(name);

/**
 * deployment.json is read before its history is listed, and all records before artifacts are: whatever is deployed or
 * trained meanwhile, the history has no gap and each record that is copied has its files.
 */
export function backupFiles(
  folders: Readonly<Partial<Record<BackupFolder, string>>>,
  { database }: Pick<WorkspacePaths, "database">,
): ArchiveEntry[] {
  const list = (wanted: (name: string) => boolean): Found[] =>
    backupFolders.flatMap((role) => {
      const folder = folders[role];
      if (folder === undefined) return [];
      return filesIn(folder).flatMap((below) => {
        const found = { name: `${role}/${below}`, path: join(folder, below) };
        return wanted(found.name) && !found.path.startsWith(database) && !ofThisMachine.test(below) ? [found] : [];
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
    if (passing.test(entry.name)) return [];
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

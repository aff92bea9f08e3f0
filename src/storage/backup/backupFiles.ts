/** Lists the files of a workspace in an order in which they can be copied while another mlctl writes. */
import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { removeFile } from "../files/commitFile.ts";
import { hasUnreadableName } from "../../core/unreadableName.ts";
import type { ArchiveEntry, ArchivedFile } from "./archive.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";
import { errorCode } from "../files/writeFailure.ts";
import { timestamp } from "../../core/text/format.ts";
import { MlctlError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";

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
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? "")) return [];
    throw error;
  }
}

const NAME = /^backup_\d{8}T\d{9}Z\.tar\.gz$/;

export function backupName(at: Date): string {
  return `backup_${timestamp(at)}.tar.gz`;
}

export function isBackupName(name: string): boolean {
  return NAME.test(name);
}

export function workspaceBackups(workspace: string): string[] {
  return readdirSync(workspace).filter((name) => isBackup(workspace, name));
}

/** Removes those of `names` that are still backups. */
export function removeBackups(workspace: string, names: readonly string[]): void {
  for (const name of names.filter((each) => isBackup(workspace, each))) removeFile(join(workspace, name));
}

function isBackup(workspace: string, name: string): boolean {
  return NAME.test(name) && lstatSync(join(workspace, name), { throwIfNoEntry: false })?.isFile() === true;
}

/** Increase it when an older mlctl could not restore a new backup correctly. */
const VERSION = 1;

export interface BackupManifest {
  readonly codeVersion: string;
  readonly createdAt: string;
  readonly configName: string;
  readonly files: readonly ArchivedFile[];
}

type Facts = Pick<BackupManifest, "codeVersion" | "configName"> & { readonly createdAt: Date };

export function backupManifest(facts: Facts, files: readonly ArchivedFile[]): string {
  const { codeVersion, createdAt, configName } = facts;
  const head = { format: "mlctl-backup", version: VERSION, codeVersion, createdAt, configName };
  const lines = files.map((file) => `    ${JSON.stringify(file)}`).join(",\n");
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "files": [\n${lines}\n  ]\n}\n`;
}

/** @throws {MlctlError} kind "data" if it is not a manifest, or was written by a newer mlctl */
export function readManifest(text: string, path: string): BackupManifest {
  const manifest = parseJson(text) as Partial<BackupManifest & { format: string; version: number }> | undefined;
  const isOurs = manifest?.format === "mlctl-backup" && Array.isArray(manifest.files);
  if (!isOurs || typeof manifest.configName !== "string" || !isPlainName(manifest.configName)) {
    throw new MlctlError("data", `${path} is not an mlctl backup: its manifest is damaged`, {
      hint: "use another copy of it",
    });
  }
  if ((manifest.version ?? 0) > VERSION) {
    throw new MlctlError("data", `${path} was written by a newer mlctl (${manifest.codeVersion})`, {
      hint: "update mlctl",
    });
  }
  return manifest as BackupManifest;
}

function isPlainName(name: string): boolean {
  return /^[^/\\:\p{Cc}]+$/u.test(name) && !/^(\.|\.\.|\.mlctl-.*)$/.test(name);
}

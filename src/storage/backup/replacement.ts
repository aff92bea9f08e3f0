/** Replaces many files and folders of a workspace as one step; a kill at any time leaves all of the old or all of the new. */
import { randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, cpSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { atomicWrite } from "../files/atomicWrite.ts";
import { ensureFolder, syncFolder, syncToDisk } from "../files/commitFile.ts";
import { fromRecordPath, toRecordPath } from "../files/workspacePaths.ts";
import { errorCode, writeFailure } from "../files/writeFailure.ts";

/** Folder in the workspace during a replacement: the journal, and under `files` the files still to be moved. */
const WORK_FOLDER = ".mlctl-restore";

/** The file that is replaced last, by one rename: this commits the replacement. */
const LAST = "config.json";

export interface Replacing {
  readonly folder: string;
  /** The folder with the new files, inside the workspace; its content is moved. */
  readonly staged: string;
  /** Names in `staged` and absolute target paths; a target whose name is not in `staged` is only removed. */
  readonly places: readonly (readonly [name: string, target: string])[];
  readonly config: string;
  readonly locks: readonly string[];
}

/** What undoing or finishing needs. Paths are relative to the workspace, because it may be moved meanwhile. */
export interface ReplacementJournal {
  readonly id: string;
  readonly locks: readonly string[];
  readonly places: readonly { readonly target: string; readonly existed: boolean }[];
}

/** @throws {MlctlError} kind "failure" if a file cannot be replaced; the previous state is restored then */
export function replaceAll({ folder, staged, places, config, locks }: Replacing): void {
  // A folder before the places inside it, which move away with it.
  const ordered = places.toSorted(([, a], [, b]) => a.length - b.length);
  const stagedNames = new Set(ordered.map(([name]) => name).filter((name) => exists(join(staged, name))));
  const files = join(folder, WORK_FOLDER, "files");
  const relative = (path: string): string => toRecordPath(folder, path);
  const journal: ReplacementJournal = {
    id: randomBytes(6).toString("hex"),
    locks: locks.map(relative),
    places: ordered.map(([, target]) => ({ target: relative(target), existed: exists(target) })),
  };
  mkdirSync(join(folder, WORK_FOLDER));
  renameSync(staged, files);
  atomicWrite(journalPath(folder), `${JSON.stringify(journal, null, 2)}\n`);
  syncFolder(folder);
  let at = config;
  try {
    for (const [name, target] of ordered) {
      at = target;
      ensureFolder(dirname(target));
      move(target, asideOf(target, journal), journal);
      if (stagedNames.has(name) && !move(join(files, name), target, journal))
        throw new Error(`${name} has disappeared`);
      syncFolder(dirname(target));
    }
    at = config;
    renameSync(join(files, LAST), config);
    syncFolder(folder);
  } catch (error) {
    undoReplacement(folder, journal);
    throw writeFailure(error, at);
  }
  finishReplacement(folder, journal);
}

/** Undefined if there is no replacement. @throws {MlctlError} kind "data" if the journal is damaged */
export function readJournal(folder: string): ReplacementJournal | undefined {
  const path = journalPath(folder);
  if (!exists(path)) return undefined;
  const journal = parseJson(readFileSync(path, "utf8")) as Partial<ReplacementJournal> | undefined;
  const isOurs = /^[0-9a-f]{12}$/.test(journal?.id ?? "") && Array.isArray(journal?.places);
  if (isOurs && Array.isArray(journal?.locks)) return journal as ReplacementJournal;
  throw new MlctlError("data", `${path} is damaged: it is needed to undo an interrupted restore`, {
    hint: "the previous files are next to their places as .mlctl-aside-…: move them back by hand, then delete the journal",
  });
}

/** True if the replacement is committed and only the old files remain to be removed. */
export function isReplaced(folder: string): boolean {
  return !exists(join(folder, WORK_FOLDER, "files", LAST));
}

/** Restores the previous state; may be interrupted and repeated. */
export function undoReplacement(folder: string, journal: ReplacementJournal): void {
  for (const { target: recorded, existed } of journal.places.toReversed()) {
    const target = fromRecordPath(folder, recorded);
    const aside = asideOf(target, journal);
    if (exists(aside) || !existed) remove(target);
    move(aside, target, journal);
    removeParts(target, journal);
    if (exists(dirname(target))) syncFolder(dirname(target));
  }
  removeWorkFolder(folder);
}

export function finishReplacement(folder: string, journal: ReplacementJournal): void {
  for (const { target: recorded } of journal.places) {
    const target = fromRecordPath(folder, recorded);
    remove(asideOf(target, journal));
    removeParts(target, journal);
  }
  removeWorkFolder(folder);
}

/** Removes the journal first: without it, the rest of the folder has no meaning. */
export function removeWorkFolder(folder: string): void {
  rmSync(journalPath(folder), { force: true });
  rmSync(join(folder, WORK_FOLDER), { recursive: true, force: true });
}

export function hasReplacement(folder: string): boolean {
  return exists(join(folder, WORK_FOLDER));
}

function move(from: string, to: string, journal: ReplacementJournal): boolean {
  if (!exists(from)) return false;
  moveWhole(from, to, partOf(to, journal));
  return true;
}

function journalPath(folder: string): string {
  return join(folder, WORK_FOLDER, "journal.json");
}

function asideOf(target: string, { id }: ReplacementJournal): string {
  return join(dirname(target), `.mlctl-aside-${id}-${basename(target)}`);
}

function partOf(target: string, { id }: ReplacementJournal): string {
  return join(dirname(target), `.mlctl-part-${id}-${basename(target)}`);
}

function removeParts(target: string, journal: ReplacementJournal): void {
  for (const each of [target, asideOf(target, journal)]) remove(partOf(each, journal));
}

function remove(path: string): void {
  if (exists(path)) rmSync(path, { recursive: true, force: true });
}

function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // A parent of the path is a file.
    if (errorCode(error) === "ENOTDIR") return false;
    throw error;
  }
}

/**
 * Renames. Where that is not possible (another file system or container layer), copies to `part`, renames the copy to `to`
 * once it is on disk, and then removes `from`.
 * @param part a path in the folder of `to`; leftovers of a killed process there are removed
 */
export function moveWhole(from: string, to: string, part: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errorCode(error) !== "EXDEV") throw error;
    rmSync(part, { recursive: true, force: true });
    cpSync(from, part, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
    syncTree(part);
    renameSync(part, to);
    rmSync(from, { recursive: true, force: true });
  }
}

function syncTree(path: string): void {
  const stat = lstatSync(path);
  if (stat.isDirectory()) {
    for (const name of readdirSync(path)) syncTree(join(path, name));
    syncFolder(path);
  } else if (stat.isFile()) syncToDisk(path);
}

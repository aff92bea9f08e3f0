/** Replacement: many places of a workspace changed for others at once; a kill at any instant leaves all the old or all the new. */
import { randomBytes } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import { atomicWrite } from "../files/atomicWrite.ts";
import { ensureFolder, syncFolder } from "../files/commitFile.ts";
import { moveWhole } from "./moveWhole.ts";
import { fromRecordPath, toRecordPath } from "../files/workspacePaths.ts";
import { errorCode, writeFailure } from "../files/writeFailure.ts";

/** In the workspace while a replacement is at work: the journal, and under `files` what is still to be put in place. */
const HOME = ".mlctl-restore";

/** The file that comes last, by one rename over the old one: from then on all is new. */
const LAST = "config.json";

export interface Replacing {
  /** The workspace. */
  readonly folder: string;
  /** The folder with what comes, in the workspace; it is used up. */
  readonly staged: string;
  /** Names in `staged`, absolute places; what has no file or folder of that name is only taken away. */
  readonly places: readonly (readonly [name: string, target: string])[];
  /** Where `config.json` of `staged` belongs. */
  readonly config: string;
  /** The databases whose locks the caller holds. */
  readonly locks: readonly string[];
}

/** What undoing or finishing needs; paths relative to the workspace, which may be moved meanwhile. */
export interface ReplacementJournal {
  /** Part of the names under which things are set aside. */
  readonly id: string;
  readonly locks: readonly string[];
  readonly places: readonly { readonly target: string; readonly existed: boolean }[];
}

/** @throws {MlctlError} kind "failure" where something cannot be put in its place: all is as it was then */
export function replaceAll({ folder, staged, places, config, locks }: Replacing): void {
  // A folder before what lies in it: that is part of what goes.
  const ordered = places.toSorted(([, a], [, b]) => a.length - b.length);
  const coming = new Set(ordered.map(([name]) => name).filter((name) => exists(join(staged, name))));
  const files = join(folder, HOME, "files");
  const relative = (path: string): string => toRecordPath(folder, path);
  const journal: ReplacementJournal = {
    id: randomBytes(6).toString("hex"),
    locks: locks.map(relative),
    places: ordered.map(([, target]) => ({ target: relative(target), existed: exists(target) })),
  };
  mkdirSync(join(folder, HOME));
  renameSync(staged, files);
  atomicWrite(journalPath(folder), `${JSON.stringify(journal, null, 2)}\n`);
  syncFolder(folder);
  let at = config;
  try {
    for (const [name, target] of ordered) {
      at = target;
      ensureFolder(dirname(target));
      move(target, asideOf(target, journal), journal);
      if (coming.has(name) && !move(join(files, name), target, journal)) throw new Error(`${name} has gone`);
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

/** Undefined where none is at work. @throws {MlctlError} kind "data" where it cannot be read */
export function readJournal(folder: string): ReplacementJournal | undefined {
  const path = journalPath(folder);
  if (!exists(path)) return undefined;
  const journal = parsed(readFileSync(path, "utf8"));
  const isOurs = /^[0-9a-f]{12}$/.test(journal?.id ?? "") && Array.isArray(journal?.places);
  if (isOurs && Array.isArray(journal?.locks)) return journal as ReplacementJournal;
  throw new MlctlError("data", `${path} is damaged: it told how a restore that was cut off is undone`, {
    hint: "what was there before lies beside its place as .mlctl-aside-…: put it back by hand, then remove that file",
  });
}

/** All is in its place: only what was there before is still to go. */
export function isReplaced(folder: string): boolean {
  return !exists(join(folder, HOME, "files", LAST));
}

/** As it was before; may be cut off itself and done again. */
export function undoReplacement(folder: string, journal: ReplacementJournal): void {
  for (const { target: recorded, existed } of journal.places.toReversed()) {
    const target = fromRecordPath(folder, recorded);
    const aside = asideOf(target, journal);
    if (exists(aside) || !existed) remove(target);
    move(aside, target, journal);
    removeParts(target, journal);
    if (exists(dirname(target))) syncFolder(dirname(target));
  }
  removeHome(folder);
}

export function finishReplacement(folder: string, journal: ReplacementJournal): void {
  for (const { target: recorded } of journal.places) {
    const target = fromRecordPath(folder, recorded);
    remove(asideOf(target, journal));
    removeParts(target, journal);
  }
  removeHome(folder);
}

/** The journal first: what is left without it is rubbish. */
export function removeHome(folder: string): void {
  rmSync(journalPath(folder), { force: true });
  rmSync(join(folder, HOME), { recursive: true, force: true });
}

/** Whether something of a replacement lies there. */
export function hasReplacement(folder: string): boolean {
  return exists(join(folder, HOME));
}

/** @returns false where there is nothing to move */
function move(from: string, to: string, journal: ReplacementJournal): boolean {
  if (!exists(from)) return false;
  moveWhole(from, to, partOf(to, journal));
  return true;
}

function journalPath(folder: string): string {
  return join(folder, HOME, "journal.json");
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

/** Of a link itself, wherever it leads. */
function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // A file stands where a folder of the path would be.
    if (errorCode(error) === "ENOTDIR") return false;
    throw error;
  }
}

function parsed(text: string): Partial<ReplacementJournal> | undefined {
  try {
    return JSON.parse(text) as Partial<ReplacementJournal>;
  } catch {
    return undefined;
  }
}

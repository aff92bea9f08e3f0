/** Remembers what came from a source, as which file of which folder, and which files newer versions replaced. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import {
  atomicWrite,
  ensureFolder,
  syncFolder,
  syncToDisk,
  namesIn,
  removeStaleTemporaries,
} from "../storage/files/atomicWrite.ts";
import { parseJson } from "../core/json.ts";
import { sha256Text, fromRecordPath, toRecordPath } from "../storage/files/workspacePaths.ts";
import type { Version } from "../storage/remote/download.ts";
import { tableName } from "../storage/remote/tableName.ts";
import { MONITORED_FOLDER, type Workspace } from "./workspace.ts";

/** Where files of sources, and the notes about them, are kept; all absolute. */
export type ArrivalPlace = Readonly<Record<"workspace" | "folder" | "notes", string>>;

export interface NotedSource {
  readonly place: ArrivalPlace;
  /** Its address and what is asked there, which decide which note is its own; hashed, because it may contain secrets. */
  readonly identity: string;
  /** Without credentials. */
  readonly shown: string;
  /** Its key in config.json; null for one of the command line. */
  readonly key: string | null;
}

export type Purpose = "train" | "test" | "monitor";

export function arrivalPlace({ config, paths }: Pick<Workspace, "config" | "paths">, purpose: Purpose): ArrivalPlace {
  const { workspace, datasets } = paths;
  if (purpose === "train")
    return { workspace, folder: inputFolder({ config, paths }), notes: join(datasets, "sources") };
  const folder = purpose === "test" ? config.test_data_path : MONITORED_FOLDER;
  return { workspace, folder: resolve(workspace, folder), notes: join(datasets, `${purpose}_sources`) };
}

export function inputFolder({ config, paths }: Pick<Workspace, "config" | "paths">): string {
  return resolve(paths.workspace, config.input_folder_path);
}

/** `path` as in records. */
type SourceItem = Partial<Version> & Readonly<Record<"path" | "sha256", string>>;

interface SourceNote {
  readonly kind: "source";
  readonly source: string;
  readonly isConfigured: boolean;
  /** What the source has, by its name there: an object's key, a page's number. */
  readonly items: Readonly<Record<string, SourceItem>>;
  /** Paths of versions that are kept for lineage, and not read any more. */
  readonly replaced: readonly string[];
  /** The highest value of the watermark column so far. */
  readonly watermark?: string;
}

/** A file that came, not yet under its name. */
export interface Arrival extends Partial<Version> {
  readonly item: string;
  /** What the name of the file begins with. */
  readonly name: string;
  readonly temporary: string;
  readonly sha256: string;
}

export function readNote(source: Pick<NotedSource, "place" | "identity">): SourceNote | undefined {
  return parsed(notePath(source));
}

/**
 * Moves files into the folder and then remembers them: after a kill at any moment, `settleSources` finishes it or
 * the source is asked again. A file's name has its hash, so each version has its own, and equal bytes come once.
 * @param options.all the files are all that the source has: others that came before are replaced
 * @returns the paths that are new, as in records
 */
export function keepArrivals(
  source: NotedSource,
  arrivals: readonly Arrival[],
  { all = false, ...more }: { readonly all?: boolean } & Pick<SourceNote, "watermark">,
): string[] {
  const { workspace, folder } = source.place;
  const before = readNote(source);
  const items: Record<string, SourceItem> = all ? {} : { ...before?.items };
  const moved: string[] = [];
  for (const { item, name, temporary, sha256, ...version } of arrivals) {
    const path = join(folder, uniqueName(tableName(name, temporary), sha256));
    items[item] = { path: toRecordPath(workspace, path), sha256, ...version };
    if (existsSync(path) || moved.includes(path)) {
      rmSync(temporary);
      continue;
    }
    syncToDisk(temporary);
    renameSync(temporary, waiting(path));
    moved.push(path);
  }
  const current = new Set(Object.values(items).map(({ path }) => path));
  const known = Object.values(before?.items ?? {}).map(({ path }) => path);
  const replaced = [...new Set([...(before?.replaced ?? []), ...known])].filter((path) => !current.has(path));
  const own = { kind: "source", source: source.shown, isConfigured: source.key !== null } as const;
  const after: SourceNote = { ...own, ...more, items, replaced };
  if (JSON.stringify(after) !== JSON.stringify(before))
    atomicWrite(notePath(source), `${JSON.stringify(after, null, 2)}\n`);
  for (const path of moved) renameSync(waiting(path), path);
  if (moved.length > 0) syncFolder(folder);
  return [...current].filter((path) => !known.includes(path));
}

/** Finishes what a killed process began, and removes what it had not decided on. */
export function settleSources(place: ArrivalPlace): void {
  const { folder } = place;
  ensureFolder(folder);
  removeStaleTemporaries(folder);
  for (const path of itemPaths(place))
    if (!existsSync(path) && existsSync(waiting(path))) renameSync(waiting(path), path);
  for (const name of readdirSync(folder)) if (name.startsWith(WAITING)) rmSync(join(folder, name), { force: true });
}

/** Files of sources: those to read, and those that newer versions replaced; absolute. */
export function sourceFiles(place: ArrivalPlace) {
  const current = itemPaths(place).filter((path) => existsSync(path));
  const replaced = new Set(
    notes(place).flatMap((note) => note.replaced.map((path) => fromRecordPath(place.workspace, path))),
  );
  // One source may have again what another has replaced.
  for (const path of current) replaced.delete(path);
  return { current, replaced };
}

/** Files that are still read although config.json no longer names the source that they came from. */
export function forsakenFiles(place: ArrivalPlace, identities: readonly string[]): string[] {
  const kept = new Set(identities.map((identity) => notePath({ place, identity })));
  return notePaths(place).flatMap((path) => {
    const note = kept.has(path) ? undefined : parsed(path);
    return note?.isConfigured === true ? Object.values(note.items).map((item) => item.path) : [];
  });
}

function itemPaths(place: ArrivalPlace): string[] {
  return notes(place).flatMap(({ items }) =>
    Object.values(items).map(({ path }) => fromRecordPath(place.workspace, path)),
  );
}

function notes(place: ArrivalPlace): SourceNote[] {
  return notePaths(place).flatMap((path) => parsed(path) ?? []);
}

function notePaths(place: ArrivalPlace): string[] {
  return namesIn(place.notes).flatMap((name) => (name.endsWith(".json") ? [join(place.notes, name)] : []));
}

/** Undefined before the first time, and where the note is damaged: then the source is asked again. */
function parsed(path: string): SourceNote | undefined {
  const note = existsSync(path) ? (parseJson(readFileSync(path, "utf8")) as SourceNote | undefined) : undefined;
  return note?.kind === "source" && typeof note.items === "object" ? note : undefined;
}

function notePath({ place, identity }: Pick<NotedSource, "place" | "identity">): string {
  return join(place.notes, `${sha256Text(identity).slice(0, 16)}.json`);
}

/** "feed.json" → "feed_3f2a91bc04d7.json" */
function uniqueName(name: string, sha256: string): string {
  const [, stem = "", ending = ""] = /^(.*?)((?:\.[a-z]+)?(?:\.gz)?)$/i.exec(name) ?? [];
  // The end of a long key says more than its beginning.
  const short = [...stem].slice(-80).join("");
  return `${short.replace(/^[. ]+/, "")}_${sha256.slice(0, 12)}${ending}`;
}

const WAITING = ".arriving-";

/** Hidden, so that nobody reads it before it is known. */
function waiting(path: string): string {
  return join(dirname(path), `${WAITING}${basename(path)}`);
}

/** Brings a file from an HTTP address into a folder when it has changed since the last time. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import { ensureFolder, syncFolder } from "../../storage/files/commitFile.ts";
import { download, lastPart, shownUrl, type DownloadOptions, type Version } from "../../storage/remote/download.ts";
import { tableName } from "../../storage/remote/tableName.ts";

export interface FetchUrlOptions extends Omit<DownloadOptions, "path" | "known" | "idle" | "hints" | "onProgress"> {
  /** Absolute; the file appears there whole, under the name that it has in the address. */
  readonly folder: string;
  /** Where it is remembered what was fetched. */
  readonly statePath: string;
  /** The name that is free for a file of this name. */
  readonly freeName: (name: string) => string;
}

interface FetchState extends Version {
  /** Without credentials. */
  readonly url: string;
  readonly sha256: string;
  readonly name: string;
  /** Fetched, and perhaps not yet under its name. */
  readonly pending: boolean;
}

/**
 * Equal bytes are no news. Killed at any moment, the next call goes on where this one ended: no version is lost, and none
 * comes twice.
 * @returns the name of the file in the folder; null if nothing is new
 * @throws {MlctlError} kind "failure" where the address cannot be had, "usage" where it is none
 */
export async function fetchUrl(options: FetchUrlOptions): Promise<string | null> {
  const { folder, statePath, url } = options;
  const before = readState(options);
  const waiting = join(folder, waitingName(url));
  if (before?.pending === true) {
    const arrived = arrive(waiting, join(folder, before.name));
    saveState(statePath, { ...before, pending: false });
    if (arrived) return before.name;
  }
  ensureFolder(folder);
  const path = `${waiting}.part`;
  const hints = {
    failure: "it is tried again at the next look",
    tooLong: "a larger `watch.download.max_bytes` takes it",
  };
  const response = await download({ ...options, path, known: before, hints });
  if (response === null) return null;
  const { sha256, etag, lastModified } = response;
  const state = { url: shownUrl(url), etag, lastModified, sha256 };
  if (before?.sha256 === sha256) {
    rmSync(path, { force: true });
    saveState(statePath, { ...state, name: before.name, pending: false });
    return null;
  }
  const name = options.freeName(tableName(lastPart(url), path));
  renameSync(path, waiting);
  saveState(statePath, { ...state, name, pending: true });
  arrive(waiting, join(folder, name));
  saveState(statePath, { ...state, name, pending: false });
  return name;
}

/** Hidden, so that nobody takes it before it is whole. */
function waitingName(url: string): string {
  return `.fetched-${createHash("sha256").update(url).digest("hex").slice(0, 16)}`;
}

function arrive(waiting: string, path: string): boolean {
  if (!existsSync(waiting)) return false;
  renameSync(waiting, path);
  syncFolder(join(path, ".."));
  return true;
}

/** Undefined before the first time, and where the note is damaged: then it is fetched again. */
function readState({ statePath, url }: FetchUrlOptions): FetchState | undefined {
  if (!existsSync(statePath)) return undefined;
  try {
    const state = JSON.parse(readFileSync(statePath, "utf8")) as FetchState;
    // The name of the file has a hash of the whole address; earlier versions wrote it in full.
    return [url, shownUrl(url)].includes(state.url) && typeof state.name === "string" ? state : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function saveState(path: string, state: FetchState): void {
  atomicWrite(path, `${JSON.stringify(state, null, 2)}\n`);
}

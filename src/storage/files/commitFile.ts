/** Moves a finished file into place, so that readers see the old or the new file, even after a power cut. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  readdirSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { errorCode, writeFailure } from "./writeFailure.ts";

/** Mode of files with people's data or a configuration: only their owner may read them. */
export const PRIVATE = 0o600;

/**
 * Moves `temporary` (see temporaryPath), already written and closed, to `path` in the same folder.
 * @throws {MlctlError} kind "failure"; the temporary file is removed then and `path` is unchanged
 */
export function commitFile(temporary: string, path: string): void {
  try {
    syncToDisk(temporary);
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw writeFailure(error, path);
  }
}

/**
 * Creates a folder and its parents, one by one: mkdirSync with `recursive` never returns if the file system reports that
 * the parent of a new folder is missing although it exists, as Linux does in /proc (seen with Node 20 to 26).
 * @returns the first folder that was missing; undefined if all existed
 */
export function ensureFolder(folder: string): string | undefined {
  const path = resolve(folder);
  if (isFolder(path)) return undefined;
  const missing = [path];
  for (let at = dirname(path); !existsSync(at); at = dirname(at)) missing.unshift(at);
  try {
    let first: string | undefined;
    for (const each of missing) if (makeFolder(each)) first ??= each;
    return first;
  } catch (error) {
    throw writeFailure(error, folder);
  }
}

function makeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST" && isFolder(path)) return false;
    throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Creating the folder will report the error.
    return false;
  }
}

/** Flushes the entries of a folder to disk. Systems that cannot do this, such as Windows, rely on the rename alone. */
export function syncFolder(folder: string): void {
  try {
    syncToDisk(folder);
  } catch (error) {
    if (!["EISDIR", "EPERM", "EINVAL", "EACCES"].includes(errorCode(error) ?? "")) throw error;
  }
}

export function syncToDisk(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw writeFailure(error, path);
  }
}

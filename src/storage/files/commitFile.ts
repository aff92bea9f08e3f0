/** Puts a finished file in its place so that readers see the old one or the new one, also after a power cut. */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { errorCode, writeFailure } from "./writeFailure.ts";

/**
 * Moves `temporary` (see temporaryPath), which somebody else wrote and closed, to `path` in the same folder.
 * @throws {MlctlError} kind "failure"; the temporary file is gone then and `path` is as it was
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
 * Makes a folder with its parents, one by one: where a file system says that the parent of a new folder is not there
 * although it is, as Linux does in /proc, mkdirSync with `recursive` never ends (seen with Node 20 to 26).
 * @returns the first of them that was not there; undefined where all were
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

/** @returns false where another process has just made it */
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
    // Making it says what is wrong.
    return false;
  }
}

/** Waits until the names in a folder are on disk; where a system cannot (Windows), the rename alone must do. */
export function syncFolder(folder: string): void {
  try {
    syncToDisk(folder);
  } catch (error) {
    if (!["EISDIR", "EPERM", "EINVAL", "EACCES"].includes(errorCode(error) ?? "")) throw error;
  }
}

function syncToDisk(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

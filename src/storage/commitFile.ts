/** Puts a finished file in its place so that readers see the old one or the new one, also after a power cut. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
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

/** Makes a folder with its parents. @returns the first of them that was not there; undefined where all were */
export function ensureFolder(folder: string): string | undefined {
  try {
    return mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw writeFailure(error, folder);
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

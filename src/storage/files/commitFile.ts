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

/** Creates a folder and its parents. @returns the first folder that was missing; undefined if all existed */
export function ensureFolder(folder: string): string | undefined {
  try {
    if (existsSync(folder) && statSync(folder).isDirectory()) return undefined;
    // With `recursive`, it never returns in /proc, which reports that an existing parent is missing (Node 20 to 26).
    return mkdirSync(folder, { recursive: !resolve(folder).startsWith("/proc/") });
  } catch (error) {
    throw writeFailure(error, folder);
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

/** Writes a file whole or not at all. */
import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { commitFile, ensureFolder } from "./commitFile.ts";
import { isStream } from "./isStream.ts";
import { removeStaleTemporaries, temporaryPath } from "./temporaryPath.ts";
import { writeFailure } from "./writeFailure.ts";

/** Looking for leftovers once a process is enough: a living process cleans up after itself. */
const cleanedFolders = new Set<string>();

/**
 * Temporary file in the same folder (made if it is not there), fsync, rename, fsync of the folder.
 * A device or a pipe is written to as it is.
 * @throws {MlctlError} kind "failure" with the path and what to do; the old file is untouched then
 */
export function atomicWrite(path: string, content: string | Uint8Array): void {
  if (isStream(path)) return writeStraight(path, content);
  ensureFolder(dirname(path));
  removeLeftovers(dirname(path));
  const temporary = temporaryPath(path);
  try {
    const descriptor = openSync(temporary, "wx");
    try {
      writeFileSync(descriptor, content);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    rmSync(temporary, { force: true });
    throw writeFailure(error, path);
  }
  commitFile(temporary, path);
}

function writeStraight(path: string, content: string | Uint8Array): void {
  try {
    // Behind /dev/stdout may be a file that has other lines already.
    writeFileSync(path, content, { flag: "a" });
  } catch (error) {
    throw writeFailure(error, path);
  }
}

function removeLeftovers(folder: string): void {
  if (cleanedFolders.has(folder)) return;
  removeStaleTemporaries(folder);
  cleanedFolders.add(folder);
}

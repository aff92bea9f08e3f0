/** Writes a file completely or not at all. */
import { rmSync, writeFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { commitFile, ensureFolder } from "./commitFile.ts";
import { removeStaleTemporaries, temporaryPath } from "./temporaryPath.ts";
import { writeFailure } from "./writeFailure.ts";

/** Folders whose leftovers were removed; once per process is enough, because a running process cleans up after itself. */
const cleanedFolders = new Set<string>();

/**
 * Writes a temporary file in the same folder (created if missing), then fsync, rename, and fsync of the folder. Writes
 * directly to a device or a pipe.
 * @throws {MlctlError} kind "failure" with the path and the next step; the old file is unchanged then
 */
export function atomicWrite(path: string, content: string | Uint8Array): void {
  // /dev/stdout may be a file that already has other lines.
  if (isStream(path)) return write(path, content, "a", path);
  const folder = dirname(path);
  ensureFolder(folder);
  if (!cleanedFolders.has(folder)) removeStaleTemporaries(folder);
  cleanedFolders.add(folder);
  const temporary = temporaryPath(path);
  write(temporary, content, "wx", path);
  commitFile(temporary, path);
}

function write(to: string, content: string | Uint8Array, flag: "a" | "wx", path: string): void {
  try {
    writeFileSync(to, content, { flag });
  } catch (error) {
    if (flag === "wx") rmSync(to, { force: true });
    throw writeFailure(error, path);
  }
}

/** Links to open descriptors of the process. Such a link must not be replaced, even if it leads to a file. */
const DESCRIPTOR = /^\/(dev\/(stdin|stdout|stderr|fd\/\d+)|proc\/(self|\d+)\/fd\/\d+)$/;

/** True for /dev/null, /dev/stdout or a named pipe, which a rename would replace for all processes. */
export function isStream(path: string): boolean {
  if (DESCRIPTOR.test(resolve(path))) return true;
  try {
    const stat = statSync(path);
    return !stat.isFile() && !stat.isDirectory();
  } catch {
    // Missing or not accessible: writing will report the error.
    return false;
  }
}

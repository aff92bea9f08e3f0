/** Moves a file or folder, also to another file system, so that the new path is never incomplete. */
import { cpSync, lstatSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { syncFolder, syncToDisk } from "../files/commitFile.ts";
import { errorCode } from "../files/writeFailure.ts";

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

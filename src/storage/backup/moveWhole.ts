/** Moves a file or a folder so that its new name never stands for half of it, also onto another file system. */
import { closeSync, cpSync, fsyncSync, lstatSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { syncFolder } from "../files/commitFile.ts";
import { errorCode } from "../files/writeFailure.ts";

/**
 * A rename; where that cannot be (another file system, a layer of a container), a copy under the name `part`, which
 * takes the new name once it is on disk, before the old one goes.
 * @param part a free name in the folder of `to`: what a killed process left there may be taken away
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
  } else if (stat.isFile()) {
    const descriptor = openSync(path, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}

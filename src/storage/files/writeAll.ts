/** Writes many files, where a file that names them all is written last. */
import { spawnSync } from "node:child_process";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ensureFolder, syncFolder, syncToDisk } from "./commitFile.ts";
import { temporaryPath } from "./temporaryPath.ts";
import { writeFailure } from "./writeFailure.ts";

/**
 * Flushes them to disk together: one by one takes milliseconds for each. After a power cut some may be empty.
 * @throws {MlctlError} kind "failure" with the path
 */
export function writeAll(files: readonly (readonly [path: string, content: string])[]): void {
  const folders = new Set(files.map(([path]) => dirname(path)));
  for (const folder of folders) ensureFolder(folder);
  for (const [path, content] of files) {
    const temporary = temporaryPath(path);
    try {
      writeFileSync(temporary, content);
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw writeFailure(error, path);
    }
  }
  // GNU's sync flushes a file system at once; Node.js has no function for it.
  const isFlushed = process.platform === "linux" && spawnSync("sync", ["-f", ...folders]).status === 0;
  if (isFlushed || folders.size === 0) return;
  for (const [path] of files) syncToDisk(path);
  for (const folder of folders) syncFolder(folder);
}

/** Replaces and removes the folders of engines, which another mlctl may be using. */
import { existsSync, renameSync, rmSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";
import { temporaryPath } from "../../storage/files/temporaryPath.ts";
import { errorCode, writeFailure } from "../../storage/files/writeFailure.ts";

/** Windows reports these for a folder in which a file is open. Virus scanners open new files for a moment. */
const BUSY = new Set(["EPERM", "EBUSY", "EACCES"]);
const PAUSES = [50, 100, 200, 400];

const thisSystem = { platform: process.platform, rename: renameSync as (from: string, to: string) => void };

/**
 * Replaces folder `to`, or removes it if `from` is null. Renames it before it is deleted, so that other processes never
 * find half an engine, and back if the new one cannot be renamed.
 */
export function replaceFolder(from: string | null, to: string, system = thisSystem): void {
  const old = temporaryPath(to);
  const isReplaced = existsSync(to);
  if (isReplaced) move(to, old, { ...system, folder: to });
  try {
    if (from !== null) move(from, to, { ...system, folder: to });
  } catch (error) {
    if (isReplaced) move(old, to, { ...system, folder: to });
    throw error;
  }
  discard(old);
}

/** Deletes a folder with a temporary name. What cannot be deleted now is deleted by the next installation. */
export function discard(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Harmless: nothing looks for engines there.
  }
}

function move(from: string, to: string, { platform, rename, folder }: typeof thisSystem & { folder: string }): void {
  for (const pause of [...PAUSES, null]) {
    try {
      return rename(from, to);
    } catch (cause) {
      if (platform !== "win32" || !BUSY.has(errorCode(cause) ?? "")) throw writeFailure(cause, folder);
      const hint = "stop it, e.g. `mlctl serve`, then try again";
      if (pause === null) throw new MlctlError("failure", `${folder} is in use by another mlctl`, { hint, cause });
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    }
  }
}

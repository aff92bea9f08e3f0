/** Replaces and removes the folders of engines, which another mlctl may be using. */
import { existsSync, renameSync, rmSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";
import { temporaryPath } from "../../storage/files/temporaryPath.ts";
import { errorCode, writeFailure } from "../../storage/files/writeFailure.ts";

/** What tests replace. */
interface System {
  readonly platform: NodeJS.Platform;
  readonly rename: (from: string, to: string) => void;
  readonly pause: (milliseconds: number) => void;
}

const thisSystem: System = {
  platform: process.platform,
  rename: renameSync,
  pause: (milliseconds) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds),
};

/** Windows reports these for a folder in which a file is open. Virus scanners open new files for a moment. */
const BUSY = new Set(["EPERM", "EBUSY", "EACCES"]);
const LONGEST_PAUSE = 800;

/** A folder cannot be renamed over another, so the old one is renamed first, and back if the new one cannot be. */
export function replaceFolder(from: string, to: string, system = thisSystem): void {
  const old = temporaryPath(to);
  const isReplaced = existsSync(to);
  if (isReplaced) move(to, old, { ...system, folder: to });
  try {
    move(from, to, { ...system, folder: to });
  } catch (error) {
    if (isReplaced) move(old, to, { ...system, folder: to });
    throw error;
  }
  discard(old);
}

/** Renames before it deletes, so that other processes never find half an engine. */
export function removeFolder(folder: string, system = thisSystem): void {
  const aside = temporaryPath(folder);
  move(folder, aside, { ...system, folder });
  discard(aside);
}

/** Deletes a folder with a temporary name. What cannot be deleted now is deleted by the next installation. */
export function discard(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Harmless: nothing looks for engines there.
  }
}

function move(from: string, to: string, { platform, rename, pause, folder }: System & { folder: string }): void {
  for (let milliseconds = 50; ; milliseconds *= 2) {
    try {
      return rename(from, to);
    } catch (error) {
      if (platform !== "win32" || !BUSY.has(errorCode(error) ?? "")) throw writeFailure(error, folder);
      if (milliseconds <= LONGEST_PAUSE) pause(milliseconds);
      else {
        const hint = "stop the `mlctl serve` or `mlctl train` that uses it, then try again";
        throw new MlctlError("failure", `${folder} is in use by another mlctl`, { hint, cause: error });
      }
    }
  }
}

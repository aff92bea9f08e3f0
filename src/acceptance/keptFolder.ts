/** Folders that are made once per run of the tests, by whichever file needs them first; everybody else copies them. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runFolder } from "./runFolder.ts";

/** Longer than the slowest is made in. */
const PATIENCE_MILLISECONDS = 120_000;

/** @param make the folder, in the one that it is given; a failure is that of the test that made it, and the next tries again */
export function keptFolder(name: string, make: (folder: string) => void): string {
  const all = runFolder("kept");
  const [kept, lock, draft] = [join(all, name), join(all, `${name}.lock`), join(all, `${name}.draft`)];
  const giveUp = Date.now() + PATIENCE_MILLISECONDS;
  while (!existsSync(kept)) {
    if (taken(lock)) {
      try {
        // Another may have made it between the look and the lock.
        if (existsSync(kept)) break;
        mkdirSync(draft);
        make(draft);
        renameSync(draft, kept);
      } finally {
        rmSync(draft, { recursive: true, force: true });
        rmSync(lock, { recursive: true });
      }
    } else if (Date.now() > giveUp) throw new Error(`${lock} is held by another test`);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
  return kept;
}

/** All of it, with links as links and every time to the nanosecond, which cpSync cuts to milliseconds. */
export function copyFolder(from: string, to: string): void {
  const { status, stderr } = spawnSync("cp", ["-a", `${from}/.`, to], { encoding: "utf8" });
  if (status !== 0) throw new Error(`cp -a ${from}: ${stderr}`);
}

function taken(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

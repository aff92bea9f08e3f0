/** Names temporary files so that a later writer knows which ones a killed process left behind. */
import { readdirSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { processIsAlive } from "./processIsAlive.ts";

const PREFIX = ".mlctl-tmp-";
/** No write takes a day, so a file of another machine (whose processes cannot be asked) is stale by then. */
const STALE_MILLISECONDS = 86_400_000;

/** Tells this process from an earlier one with the same number, as containers have. */
const startedAt = Math.round(performance.timeOrigin);

let counter = 0;

/** A free name in the folder of `path`, so that renaming it to `path` is atomic. */
export function temporaryPath(path: string): string {
  counter += 1;
  return join(dirname(path), `${PREFIX}${hostTag()}-${process.pid}-${startedAt}-${counter}-${basename(path)}`);
}

/**
 * Removes the temporary files of processes that are gone; those of living ones stay.
 * @returns how many were removed; a folder that is not there has none
 */
export function removeStaleTemporaries(folder: string): number {
  const names = namesIn(folder).filter((name) => name.startsWith(PREFIX));
  if (names.length === 0) return 0;
  // The folder's own clock: its time changed when the newest file in it came.
  const now = statSync(folder).mtimeMs;
  const stale = names.filter((name) => isStale(join(folder, name), now));
  for (const name of stale) rmSync(join(folder, name), { force: true, recursive: true });
  return stale.length;
}

function isStale(path: string, now: number): boolean {
  const [host, pid, start] = basename(path).slice(PREFIX.length).split("-");
  if (host === hostTag()) {
    return Number(pid) === process.pid ? Number(start) !== startedAt : !processIsAlive(Number(pid));
  }
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && now - found.mtimeMs > STALE_MILLISECONDS;
}

function hostTag(): string {
  return hostname().replace(/[^A-Za-z0-9]/g, "_");
}

function namesIn(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(folder) : [];
}

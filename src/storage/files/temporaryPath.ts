/** Names temporary files so that a later writer can recognize and remove those of killed processes. */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { MILLISECONDS_A_DAY } from "../../core/text/duration.ts";
import { errorCode } from "./writeFailure.ts";

const PREFIX = ".mlctl-tmp-";
/** For files of other machines, whose processes cannot be checked: no write takes a day. */
const STALE_MILLISECONDS = MILLISECONDS_A_DAY;

/** Distinguishes this process from an earlier one with the same pid, which is common in containers. */
const startedAt = Math.round(performance.timeOrigin);

let counter = 0;

/** A new name in the folder of `path`, so that renaming it to `path` is atomic. */
export function temporaryPath(path: string): string {
  counter += 1;
  return join(dirname(path), `${PREFIX}${hostTag()}-${process.pid}-${startedAt}-${counter}-${basename(path)}`);
}

/**
 * Removes the temporary files of processes that are gone.
 * @returns the number of removed files; 0 if the folder does not exist
 */
export function removeStaleTemporaries(folder: string): number {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return 0;
  const names = readdirSync(folder).filter((name) => name.startsWith(PREFIX));
  if (names.length === 0) return 0;
  // The time of the file system, which may be remote: the folder's mtime is when its newest entry was created.
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

/** A folder for `work` alone, which is removed afterwards. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "mlctl-work-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Also true for a process of another user. */
export function processIsAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

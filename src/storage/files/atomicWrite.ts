/** Writes files completely or not at all: temporary names, the move into place, and errors with the next step. */
import {
  rmSync,
  writeFileSync,
  statSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  readdirSync,
  mkdtempSync,
  accessSync,
  constants,
  statfsSync,
} from "node:fs";
import { dirname, resolve, basename, join } from "node:path";
import { hostname, tmpdir } from "node:os";
import { MILLISECONDS_A_DAY } from "../../core/text/format.ts";
import { MlctlError } from "../../core/errors.ts";

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

/** Mode of files with people's data or a configuration: only their owner may read them. */
export const PRIVATE = 0o600;

/**
 * Moves `temporary` (see temporaryPath), already written and closed, to `path` in the same folder.
 * @throws {MlctlError} kind "failure"; the temporary file is removed then and `path` is unchanged
 */
export function commitFile(temporary: string, path: string): void {
  try {
    syncToDisk(temporary);
    renameSync(temporary, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw writeFailure(error, path);
  }
}

/** Creates a folder and its parents. @returns the first folder that was missing; undefined if all existed */
export function ensureFolder(folder: string): string | undefined {
  try {
    if (existsSync(folder) && statSync(folder).isDirectory()) return undefined;
    // With `recursive`, it never returns in /proc, which reports that an existing parent is missing (Node 20 to 26).
    return mkdirSync(folder, { recursive: !resolve(folder).startsWith("/proc/") });
  } catch (error) {
    throw writeFailure(error, folder);
  }
}

/** Flushes the entries of a folder to disk. Systems that cannot do this, such as Windows, rely on the rename alone. */
export function syncFolder(folder: string): void {
  try {
    syncToDisk(folder);
  } catch (error) {
    if (!["EISDIR", "EPERM", "EINVAL", "EACCES"].includes(errorCode(error) ?? "")) throw error;
  }
}

export function syncToDisk(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw writeFailure(error, path);
  }
}

/** Names temporary files so that a later writer can recognize and remove those of killed processes. */
const PREFIX = ".mlctl-tmp-";
const HOST_TAG = hostname().replace(/[^A-Za-z0-9]/g, "_");
/** For files of other machines, whose processes cannot be checked: no write takes a day. */
const STALE_MILLISECONDS = MILLISECONDS_A_DAY;

/** Distinguishes this process from an earlier one with the same pid, which is common in containers. */
const startedAt = Math.round(performance.timeOrigin);

let counter = 0;

/** A new name in the folder of `path`, so that renaming it to `path` is atomic. */
export function temporaryPath(path: string): string {
  counter += 1;
  return join(dirname(path), `${PREFIX}${HOST_TAG}-${process.pid}-${startedAt}-${counter}-${basename(path)}`);
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
  if (host === HOST_TAG) {
    return Number(pid) === process.pid ? Number(start) !== startedAt : !processIsAlive(Number(pid));
  }
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && now - found.mtimeMs > STALE_MILLISECONDS;
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

/** Converts a file system error to an MlctlError with the path and the next step. */
const unchanged = "existing files are unchanged";

const explanations: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  EACCES: ["permission denied", "check the permissions of the folder"],
  EPERM: ["permission denied", "check the permissions of the folder"],
  EROFS: ["the file system is read-only", "mount it read-write, or use a workspace elsewhere"],
  ENOSPC: ["no space left on the device", `free some space and run the command again: ${unchanged}`],
  EDQUOT: ["the disk quota is used up", `free some space and run the command again: ${unchanged}`],
  EFBIG: ["the file would be larger than this system allows", `raise the limit (ulimit -f): ${unchanged}`],
  ENOENT: ["its folder does not exist", "create the folder, or correct the path"],
  ENOTDIR: ["a part of the path is a file, not a folder", "correct the path"],
  EEXIST: ["it is a file, not a folder", "move the file away, or correct the path"],
  EISDIR: ["it is a folder", "remove the folder, or correct the path"],
  ENOTEMPTY: ["it is a folder that is not empty", "remove the folder, or correct the path"],
  EBUSY: ["it is in use, or a file system is mounted there", "use a folder that contains no mount point"],
  EMFILE: ["too many open files", "raise the limit (ulimit -n)"],
};

/** The MlctlError for a failed write to `path`; an error without a system error code is returned unchanged. */
export function writeFailure(error: unknown, path: string): unknown {
  const code = errorCode(error);
  if (code === undefined || error instanceof MlctlError) return error;
  const [message, hint] = explanations[code] ?? [code, undefined];
  return new MlctlError("failure", `cannot write ${path}: ${message}`, { hint, cause: error });
}

/** On a full disk with less than this, SQLite cannot open a database: the -shm file next to it gets this size at once. */
const SHM_BYTES = 32_768;

/** Why nothing can be written to a folder at present, as the error of a write to `path`; undefined if something can. */
export function folderFailure(folder: string, path = folder): MlctlError | undefined {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize <= SHM_BYTES ? noSpace(path) : undefined;
  } catch (error) {
    return writeFailure(error, path) as MlctlError;
  }
}

export function noSpace(path: string): MlctlError {
  return writeFailure(Object.assign(new Error("the disk is full"), { code: "ENOSPC" }), path) as MlctlError;
}

const diskCodes = new Set(["ENOSPC", "EDQUOT", "EROFS", "EIO", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY"]);

/** True if the disk is full, read-only or broken: the same work may succeed once it is not. */
export function isDiskFailure(error: unknown): boolean {
  const code = errorCode(error instanceof MlctlError ? error.cause : error);
  return code !== undefined && diskCodes.has(code.split("_", 2).join("_"));
}

/** The code of a system error, such as "ENOENT"; undefined if the error has none. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

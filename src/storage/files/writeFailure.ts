/** Converts a file system error to an MlctlError with the path and the next step. */
import { accessSync, constants, statfsSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";

const unchanged = "nothing was changed";

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

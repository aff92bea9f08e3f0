/** Checks where a backup may be written: not into a folder that is backed up, and not over a file that is not a backup. */
import { closeSync, existsSync, lstatSync, openSync, readSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import type { ConfiguredPaths } from "../../config/workspaceOf.ts";
import { MlctlError } from "../../core/errors.ts";
import { isStream } from "../../storage/files/atomicWrite.ts";

/** @returns the path, absolute; @throws {MlctlError} kind "usage" */
export function backupTarget(given: string, paths: ConfiguredPaths): string {
  const path = resolve(given);
  requireElsewhere(path, paths);
  const hint = "name a new file, or an older backup to replace";
  if (isStream(path))
    throw new MlctlError("usage", `cannot write a backup to ${path}: it is a device or a pipe`, { hint });
  const stat = lstatSync(path, { throwIfNoEntry: false });
  // A link itself is replaced, not its target.
  if (stat === undefined || stat.isSymbolicLink()) return path;
  if (stat.isDirectory()) throw new MlctlError("usage", `cannot write a backup to ${path}: it is a folder`, { hint });
  if (isArchive(path)) return path;
  throw new MlctlError("usage", `${path} already exists and is not a backup, so it was not replaced`, { hint });
}

/** A backup in a folder that is backed up would contain earlier backups. */
function requireElsewhere(path: string, { models, datasets, production }: ConfiguredPaths): void {
  const inside = [models, datasets, production].find((folder) =>
    isBelow(realPath(join(folder, "any")), realPath(path)),
  );
  if (inside === undefined) return;
  throw new MlctlError("usage", `cannot write a backup into ${inside}, because that folder is backed up`, {
    hint: "name another folder",
  });
}

function isBelow(inFolder: string, path: string): boolean {
  return `${path}${sep}`.startsWith(`${dirname(inFolder)}${sep}`);
}

/** Resolves links in the existing part of a path, except for the last component, which is replaced. */
function realPath(path: string): string {
  const folder = dirname(path);
  if (folder === path) return path;
  return join(existsSync(folder) ? realpathSync(folder) : realPath(folder), basename(path));
}

/** Checks the first two bytes of gzip (RFC 1952). */
function isArchive(path: string): boolean {
  const descriptor = openSync(path, "r");
  try {
    const start = Buffer.alloc(2);
    return readSync(descriptor, start) === 2 && start.equals(Buffer.from([0x1f, 0x8b]));
  } finally {
    closeSync(descriptor);
  }
}

/** Where a backup may be put: never in the place of what it is a copy of, or of what is no backup. */
import { closeSync, existsSync, lstatSync, openSync, readSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import type { ConfiguredPaths } from "../../config/workspaceOf.ts";
import { MlctlError } from "../../core/errors.ts";
import { isStream } from "../../storage/files/isStream.ts";

/** @returns the path, absolute; @throws {MlctlError} kind "usage" */
export function backupTarget(given: string, paths: ConfiguredPaths): string {
  const path = resolve(given);
  requireElsewhere(path, paths);
  const hint = "name a file that is not there yet, or an older backup";
  if (isStream(path)) throw new MlctlError("usage", `a backup is a file, and ${path} is a device or a pipe`, { hint });
  const stat = lstatSync(path, { throwIfNoEntry: false });
  // A link is replaced itself, whatever it leads to.
  if (stat === undefined || stat.isSymbolicLink()) return path;
  if (stat.isDirectory()) throw new MlctlError("usage", `a backup is a file, and ${path} is a folder`, { hint });
  if (isArchive(path)) return path;
  throw new MlctlError("usage", `${path} is there already and is no backup: it is not replaced`, { hint });
}

/** A backup in a folder that is backed up would hold the backups before it. */
function requireElsewhere(path: string, { models, datasets, production }: ConfiguredPaths): void {
  const inside = [models, datasets, production].find((folder) =>
    isBelow(realPath(join(folder, "any")), realPath(path)),
  );
  if (inside === undefined) return;
  throw new MlctlError("usage", `a backup cannot lie in ${inside}, which it is a copy of`, {
    hint: "name another folder",
  });
}

function isBelow(inFolder: string, path: string): boolean {
  return `${path}${sep}`.startsWith(`${dirname(inFolder)}${sep}`);
}

/** Links in the part of a path that is there are followed, but not the last one: that is replaced. */
function realPath(path: string): string {
  const folder = dirname(path);
  if (folder === path) return path;
  return join(existsSync(folder) ? realpathSync(folder) : realPath(folder), basename(path));
}

/** By the first two bytes of gzip (RFC 1952). */
function isArchive(path: string): boolean {
  const descriptor = openSync(path, "r");
  try {
    const start = Buffer.alloc(2);
    return readSync(descriptor, start) === 2 && start.equals(Buffer.from([0x1f, 0x8b]));
  } finally {
    closeSync(descriptor);
  }
}

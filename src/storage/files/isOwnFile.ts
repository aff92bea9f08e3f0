/** Checks that a file named by a record is in a folder that mlctl writes to; only such files may be removed or replaced. */
import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import type { WorkspacePaths } from "./workspacePaths.ts";

/** @param path absolute; links in its folder are resolved, the file itself may be a link */
export function isOwnFile({ datasets, models, production }: WorkspacePaths, path: string): boolean {
  const folder = realPath(dirname(path));
  return [datasets, models, production].map(realPath).some((own) => `${folder}${sep}`.startsWith(`${own}${sep}`));
}

function realPath(folder: string): string {
  if (existsSync(folder)) return realpathSync(folder);
  const parent = dirname(folder);
  return parent === folder ? folder : join(realPath(parent), basename(folder));
}

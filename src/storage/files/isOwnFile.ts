/** Whether a file that a record names is one that mlctl wrote: only such a file may be taken away or replaced. */
import { existsSync, realpathSync } from "node:fs";
import { dirname, sep } from "node:path";
import type { WorkspacePaths } from "./workspacePaths.ts";

/** @param path absolute; links on the way to it are followed, the file itself may be one */
export function isOwnFile({ datasets, models, production }: WorkspacePaths, path: string): boolean {
  const folder = realPath(dirname(path));
  return [datasets, models, production].map(realPath).some((own) => `${folder}${sep}`.startsWith(`${own}${sep}`));
}

function realPath(folder: string): string {
  return existsSync(folder) ? realpathSync(folder) : folder;
}

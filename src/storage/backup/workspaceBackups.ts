/** Backups that `mlctl backup` left in the workspace, known by the name it gives them. */
import { lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { timestamp } from "../../core/text/format.ts";
import { writeFailure } from "../files/writeFailure.ts";

const NAME = /^backup_\d{8}T\d{9}Z\.tar\.gz$/;

export function backupName(at: Date): string {
  return `backup_${timestamp(at)}.tar.gz`;
}

export function isBackupName(name: string): boolean {
  return NAME.test(name);
}

/** Names of files; a link of that name is none. */
export function workspaceBackups(workspace: string): string[] {
  return readdirSync(workspace).filter((name) => isBackup(workspace, name));
}

/** Takes away those of `names` that are backups still. */
export function removeBackups(workspace: string, names: readonly string[]): void {
  for (const name of names.filter((each) => isBackup(workspace, each))) {
    try {
      rmSync(join(workspace, name), { force: true });
    } catch (error) {
      throw writeFailure(error, join(workspace, name));
    }
  }
}

function isBackup(workspace: string, name: string): boolean {
  return NAME.test(name) && lstatSync(join(workspace, name), { throwIfNoEntry: false })?.isFile() === true;
}

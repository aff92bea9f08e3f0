/** Finds and removes the backups that `mlctl backup` wrote to the workspace, by their names. */
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

/** File names; links do not count. */
export function workspaceBackups(workspace: string): string[] {
  return readdirSync(workspace).filter((name) => isBackup(workspace, name));
}

/** Removes those of `names` that are still backups. */
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

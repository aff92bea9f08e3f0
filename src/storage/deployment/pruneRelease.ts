/** Takes the copies of an earlier deployment away; its record stays and says so. */
import { lstatSync, readdirSync, rmdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Deployment } from "../../core/records/deployment.ts";
import { syncFolder } from "../files/commitFile.ts";
import { forgetRecords } from "../store/forgetRecords.ts";
import { isOwnFile } from "../files/isOwnFile.ts";
import { saveRecord } from "../store/saveRecord.ts";
import type { RunStore } from "../store/runStore.ts";
import { removeStaleTemporaries } from "../files/temporaryPath.ts";
import { toRecordPath, type WorkspacePaths } from "../files/workspacePaths.ts";
import { recordPath } from "../records/workspaceRecord.ts";
import { errorCode, writeFailure } from "../files/writeFailure.ts";
import { copies } from "./copies.ts";
import { releaseFolder } from "./releaseFolder.ts";

/**
 * First the record says that the copies are gone, then they go: killed in between, they are files that no record names,
 * which the next prune finds by `releaseFiles`. The caller holds the lock, and asks for no deployment in force.
 * @param at ISO 8601 UTC
 */
export function pruneRelease(paths: WorkspacePaths, store: RunStore, deployment: Deployment, at: string): void {
  if (deployment.prunedAt === undefined) {
    saveRecord(paths, store, { ...deployment, prunedAt: at });
    // On disk before its files go: after a power cut it may not name what is not there.
    syncFolder(dirname(recordPath(paths, deployment)));
  }
  const files = releaseFiles(paths, deployment);
  if (files === undefined) return;
  forgetRecords(paths, store, { records: [], files });
  const folder = releaseFolder(paths, deployment);
  removeStaleTemporaries(folder);
  removeFolder(folder);
}

/**
 * The copies in its folder that are there still, relative to the workspace; undefined where there is no such folder, or
 * only what mlctl did not put there.
 */
export function releaseFiles(paths: WorkspacePaths, deployment: Deployment): string[] | undefined {
  const folder = releaseFolder(paths, deployment);
  // A stranger's record may give its run any name.
  if (dirname(folder) !== join(paths.production, "releases") || basename(folder).startsWith(".")) return undefined;
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  const found = new Set(readdirSync(folder));
  const names = copies(deployment).flatMap(([name]) => (found.has(name) ? [name] : []));
  if (names.length === 0 && found.size > 0) return undefined;
  return names.map((name) => toRecordPath(paths.workspace, join(folder, name)));
}

/** False where `releases` is a link that leads elsewhere. */
export function releasesAreOwn(paths: WorkspacePaths): boolean {
  return isOwnFile(paths, join(paths.production, "releases", "any"));
}

/** What people put there stays, and the folder with it. */
function removeFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOTEMPTY" || code === "EEXIST" || code === "ENOENT") return;
    throw code === undefined ? error : writeFailure(error, folder);
  }
}

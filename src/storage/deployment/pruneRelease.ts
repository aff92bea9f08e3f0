/** Removes the files of an earlier deployment; its record stays, marked as pruned. */
import { lstatSync, readdirSync, rmdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Deployment } from "../../core/records/deployment.ts";
import { forgetRecords, saveRecord, type WorkspaceWriter } from "../store/saveRecord.ts";
import { isOwnFile, toRecordPath, type WorkspacePaths } from "../files/workspacePaths.ts";
import { removeStaleTemporaries } from "../files/temporaryPath.ts";
import { errorCode, writeFailure } from "../files/writeFailure.ts";
import { copies, releaseFolder } from "./repairDeployment.ts";

/**
 * Marks the record as pruned first, then removes the files. After a kill in between, no record names the files, and the
 * next prune finds them with `releaseFiles`. The caller holds the lock and never passes the active deployment.
 * @param at ISO 8601 UTC
 */
export async function pruneRelease(session: WorkspaceWriter, deployment: Deployment, at: string): Promise<void> {
  const { paths } = session;
  if (deployment.prunedAt === undefined) await saveRecord(session, { ...deployment, prunedAt: at });
  const files = releaseFiles(paths, deployment);
  if (files === undefined) return;
  await forgetRecords(session, { records: [], files });
  const folder = releaseFolder(paths, deployment);
  removeStaleTemporaries(folder);
  try {
    rmdirSync(folder);
  } catch (error) {
    // Files of others stay.
    if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes(errorCode(error) ?? "")) throw writeFailure(error, folder);
  }
}

/**
 * The files that still exist in the release folder, relative to the workspace; undefined if there is no such folder, or it
 * contains only files that mlctl did not write.
 */
export function releaseFiles(paths: WorkspacePaths, deployment: Deployment): string[] | undefined {
  const folder = releaseFolder(paths, deployment);
  // An untrusted record may contain any run id.
  if (dirname(folder) !== join(paths.production, "releases") || basename(folder).startsWith(".")) return undefined;
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  const found = new Set(readdirSync(folder));
  const names = copies(deployment).flatMap(([name]) => (found.has(name) ? [name] : []));
  if (names.length === 0 && found.size > 0) return undefined;
  return names.map((name) => toRecordPath(paths.workspace, join(folder, name)));
}

/** False if `releases` is a link that leads out of mlctl's folders. */
export function releasesAreOwn(paths: WorkspacePaths): boolean {
  return isOwnFile(paths, join(paths.production, "releases", "any"));
}

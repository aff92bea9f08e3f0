/** Repairs leftovers of a killed deploy and damaged files; every writer calls it after taking the lock. */
import { readFileSync, rmSync, lstatSync, readdirSync, rmdirSync } from "node:fs";
import { join, basename, dirname } from "node:path";
import type { Artifact, Deployment } from "../../core/records/lineage.ts";
import { MlctlError } from "../../core/errors.ts";
import { atomicWrite, namesIn, removeStaleTemporaries, errorCode, writeFailure } from "../files/atomicWrite.ts";
import {
  holdsArtifact,
  fromRecordPath,
  type WorkspacePaths,
  isOwnFile,
  toRecordPath,
} from "../files/workspacePaths.ts";
import { currentDeployment, deploymentIsLost, newestId } from "./currentDeployment.ts";
import { paddedId } from "../records/records.ts";
import { forgetRecords, saveRecord, type WorkspaceWriter } from "../store/saveRecord.ts";

/**
 * Does nothing if deployment.json is damaged: the steps that need it report that.
 * @returns damaged files of the active deployment that were restored from identical copies
 */
export function repairDeployment(paths: WorkspacePaths): readonly string[] {
  const { production } = paths;
  for (const folder of [production, join(production, "history")]) removeStaleTemporaries(folder);
  let current: Deployment | undefined;
  try {
    current = currentDeployment(production);
  } catch (error) {
    if (error instanceof MlctlError && error.kind === "data") return [];
    throw error;
  }
  removeOrphanReleases(production);
  if (current === undefined) return [];
  const restored = restoreRelease(paths, current);
  refreshCopies(paths, current);
  return restored;
}

/**
 * Updates `trainedmodel.json`, `latestscore.txt` and `ingestedfiles.txt` next to deployment.json. These copies are for
 * people and other programs; mlctl itself reads the release. A damaged release is not copied.
 */
export function refreshCopies({ workspace, production }: WorkspacePaths, deployment: Deployment): void {
  for (const [name, artifact] of copies(deployment)) {
    const path = join(production, name);
    if (artifact === null) rmSync(path, { force: true });
    else if (!holdsArtifact(path, artifact)) {
      const source = fromRecordPath(workspace, artifact.path);
      if (holdsArtifact(source, artifact)) atomicWrite(path, readFileSync(source));
    }
  }
}

/**
 * Removes release folders with a number above the newest deployment: their deploy was never committed. Removes nothing if
 * deployment.json is missing although something was deployed.
 */
export function removeOrphanReleases(production: string): void {
  const folder = join(production, "releases");
  const newest = newestId(production, currentDeployment(production));
  if (deploymentIsLost(production)) return;
  const orphans = namesIn(folder).filter((name) => Number(/^(\d+)_/.exec(name)?.[1] ?? 0) > newest);
  for (const name of orphans) rmSync(join(folder, name), { recursive: true, force: true });
}

/** The copies next to deployment.json: name and source artifact. */
export function copies({ model, latestScore, ingestedFiles }: Deployment): [name: string, of: Artifact | null][] {
  return [
    ["trainedmodel.json", model],
    ["latestscore.txt", latestScore],
    ["ingestedfiles.txt", ingestedFiles],
  ];
}

/** Absolute path of the folder with a deployment's own copies, which no later deployment changes. */
export function releaseFolder(
  { production }: Pick<WorkspacePaths, "production">,
  { deploymentId, runId }: Pick<Deployment, "deploymentId" | "runId">,
): string {
  return join(production, "releases", `${paddedId(deploymentId)}_${runId}`);
}

export function releaseIsWhole({ workspace }: WorkspacePaths, deployment: Deployment): boolean {
  return copies(deployment).every(
    ([, artifact]) => artifact === null || holdsArtifact(fromRecordPath(workspace, artifact.path), artifact),
  );
}

/** Searches the copies next to deployment.json, then the models and datasets folders. @returns the restored paths */
function restoreRelease(paths: WorkspacePaths, deployment: Deployment): string[] {
  return copies(deployment).flatMap(([name, artifact]) => {
    if (artifact === null) return [];
    const target = fromRecordPath(paths.workspace, artifact.path);
    // An untrusted deployment.json may name any file.
    if (holdsArtifact(target, artifact) || !isOwnFile(paths, target)) return [];
    const source = sourcesOf(paths, name).find((path) => holdsArtifact(path, artifact));
    if (source === undefined) return [];
    atomicWrite(target, readFileSync(source));
    return [artifact.path];
  });
}

function sourcesOf({ production, models, datasets }: WorkspacePaths, name: string): string[] {
  const inside = [models, datasets].flatMap((folder) => namesIn(folder).map((each) => join(folder, each)));
  return [join(production, name), ...inside];
}

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

/** Deploys a run atomically: a kill at any time leaves either the old or the new deployment complete. */
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Artifact, Deployment } from "../../core/records/lineage.ts";
import { messageOf, MlctlError } from "../../core/errors.ts";
import { atomicWrite, ensureFolder, syncFolder } from "../files/atomicWrite.ts";
import { sha256Text, fromRecordPath, toRecordPath, type WorkspacePaths } from "../files/workspacePaths.ts";
import { type DeploymentRequest, recordPath, recordText } from "../records/records.ts";
import { currentDeployment, newestId } from "./currentDeployment.ts";
import { releaseFolder, refreshCopies, removeOrphanReleases } from "./repairDeployment.ts";

/**
 * Copies the artifacts into a new release folder, archives the current deployment, and renames the new deployment.json
 * into place, which is the commit point. The caller holds the lock and calls syncStore afterwards to index the records.
 *
 * @throws {MlctlError} "data" if a source file differs from its record, "failure" if a file cannot be written; the old
 *   deployment stays active then
 */
export function commitDeployment(paths: WorkspacePaths, request: DeploymentRequest): Deployment {
  const { deployment, previous } = prepareDeployment(paths, request);
  if (previous !== undefined) {
    // Unchanged, which is correct even if this deployment fails later.
    atomicWrite(recordPath(paths, previous), readFileSync(join(paths.production, "deployment.json")));
    syncFolder(paths.production);
  }
  atomicWrite(join(paths.production, "deployment.json"), recordText(deployment));
  afterSwitch(deployment, () => refreshCopies(paths, deployment));
  return deployment;
}

/** Everything before the commit: the number of the deployment, and its own copies of the artifacts. */
export function prepareDeployment(
  paths: WorkspacePaths,
  request: DeploymentRequest,
): { readonly deployment: Deployment; readonly previous: Deployment | undefined } {
  const { production } = paths;
  const previous = currentDeployment(production);
  removeOrphanReleases(production);
  const deploymentId = newestId(production, previous) + 1;
  const release = releaseFolder(paths, { deploymentId, runId: request.runId });
  const deployment: Deployment = {
    kind: "deployment",
    deploymentId,
    ...request,
    previousRunId: previous?.runId ?? null,
    ...copyArtifacts(paths, request, release),
  };
  return { deployment, previous };
}

type Copies = Pick<Deployment, "model" | "latestScore" | "ingestedFiles">;

function copyArtifacts({ workspace, production }: WorkspacePaths, request: Copies, release: string): Copies {
  const copy = (source: Artifact, name: string): Artifact => {
    const content = readSource(workspace, source);
    atomicWrite(join(release, name), content);
    return { path: toRecordPath(workspace, join(release, name)), sha256: source.sha256, bytes: content.length };
  };
  const { latestScore, ingestedFiles } = request;
  // The number is new, so any files in this folder were never active.
  rmSync(release, { recursive: true, force: true });
  ensureFolder(release);
  const copies = {
    model: copy(request.model, "trainedmodel.json"),
    latestScore: latestScore && copy(latestScore, "latestscore.txt"),
    ingestedFiles: ingestedFiles && copy(ingestedFiles, "ingestedfiles.txt"),
  };
  for (const folder of [dirname(release), production]) syncFolder(folder);
  return copies;
}

function readSource(workspace: string, source: Artifact): Buffer {
  const hint = "`mlctl verify` lists what changed; train again, or deploy another run";
  let content: Buffer;
  try {
    content = readFileSync(fromRecordPath(workspace, source.path));
  } catch (error) {
    throw new MlctlError("data", `cannot deploy ${source.path}: it cannot be read`, { hint, cause: error });
  }
  if (sha256Text(content) === source.sha256) return content;
  throw new MlctlError("data", `cannot deploy ${source.path}: it changed since it was recorded`, { hint });
}

/** Runs what follows the commit. An error does not undo it. */
export function afterSwitch(deployment: Deployment, refresh: () => void): void {
  try {
    refresh();
  } catch (error) {
    const message = `run ${deployment.runId} is deployed, but not all of its copies were written: ${messageOf(error)}`;
    const hint = "fix the cause; the next command that writes updates the copies";
    throw new MlctlError("failure", message, { hint, cause: error });
  }
}

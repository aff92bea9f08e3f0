/** The release folder of a deployment, and the names of its files there and next to deployment.json. */
import { join } from "node:path";
import type { Artifact } from "../../core/records/artifact.ts";
import type { Deployment } from "../../core/records/deployment.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";
import { paddedId } from "../records/workspaceRecord.ts";

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

/** The folder with a deployment's own copies, which no later deployment changes. */
import { join } from "node:path";
import type { Deployment } from "../../core/records/deployment.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";
import { paddedId } from "../records/workspaceRecord.ts";

/** Absolute path. */
export function releaseFolder(
  { production }: Pick<WorkspacePaths, "production">,
  { deploymentId, runId }: Pick<Deployment, "deploymentId" | "runId">,
): string {
  return join(production, "releases", `${paddedId(deploymentId)}_${runId}`);
}

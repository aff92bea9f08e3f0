/** Where a deployment has its own copies, which no later deployment touches. */
import { join } from "node:path";
import type { Deployment } from "../../core/records/deployment.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";
import { paddedId } from "../records/workspaceRecord.ts";

/** Absolute. */
export function releaseFolder(
  { production }: Pick<WorkspacePaths, "production">,
  { deploymentId, runId }: Pick<Deployment, "deploymentId" | "runId">,
): string {
  return join(production, "releases", `${paddedId(deploymentId)}_${runId}`);
}

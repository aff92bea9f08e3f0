/** Brings the files of the active deployment to this machine. */
import type { WorkspacePaths } from "../files/workspacePaths.ts";
import type { Records } from "../records/records.ts";
import { currentDeployment } from "./currentDeployment.ts";

/** Does nothing without a bucket. @throws {MlctlError} kind "data" if a file is nowhere */
export async function fetchDeployed({
  paths,
  records,
}: {
  readonly paths: WorkspacePaths;
  readonly records: Records;
}): Promise<void> {
  const deployment = paths.bucket && currentDeployment(paths.production);
  if (deployment !== undefined) await records.fetch(deployment);
}

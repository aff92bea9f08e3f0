/** For what makes no sense before a deployment. */
import { MlctlError } from "../core/errors.ts";
import { currentDeployment } from "../storage/deployment/currentDeployment.ts";
import type { Workspace } from "./workspace.ts";

/** @throws {MlctlError} kind "notReady" */
export function requireDeployed({ paths }: Workspace): void {
  if (currentDeployment(paths.production) !== undefined) return;
  throw new MlctlError("notReady", "no model is deployed", { hint: "run `mlctl deploy`" });
}

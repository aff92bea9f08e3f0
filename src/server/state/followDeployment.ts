/** Watches for new deployments. Each is loaded, verified and warmed up, then replaces the old one between two requests. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { messageOf, MlctlError } from "../../core/errors.ts";
import { deployedServedModel, type DeployedServedModel } from "../../lifecycle/predict/servedModel.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";

/** Polling also finds changes on file systems that do not report them (network drives, some containers). */
const POLL_MS = 250;

/** A refused deployment is retried: its model may have been restored while deployment.json stayed the same. */
const RETRY_MS = 2000;

/**
 * Takes the current deployment, if any, before it returns; later ones as they appear.
 * @param refuse called if the newest deployment cannot be served (the previous one stays), once for each reason
 */
export function followDeployment(
  workspace: Workspace,
  take: (served: DeployedServedModel) => void,
  refuse: (reason: MlctlError) => void,
): () => void {
  const path = join(workspace.paths.production, "deployment.json");
  let known = "";
  let refused = "";
  let failedAt = 0;
  let taken = "";

  const check = (): void => {
    const stamp = stampOf(path);
    const retry = refused !== "" && performance.now() - failedAt >= RETRY_MS;
    if (stamp === known && !retry) return;
    known = stamp;
    try {
      const served = deployedServedModel(workspace);
      if (served === undefined && taken !== "") {
        throw new MlctlError("notReady", `${path} is missing`, { hint: "run `mlctl deploy` to write it again" });
      }
      const found = served === undefined ? "" : JSON.stringify(served.deployment);
      // The file may have changed back, or have been read once already: then it is not a new deployment.
      if (served !== undefined && (found !== taken || refused !== "")) take(served);
      [taken, refused] = [found, ""];
    } catch (error) {
      failedAt = performance.now();
      const reason =
        error instanceof MlctlError
          ? error
          : new MlctlError("failure", `the deployed model cannot be used: ${messageOf(error)}`, { cause: error });
      if (reason.message !== refused) refuse(reason);
      refused = reason.message;
    }
  };
  const poll = setInterval(check, POLL_MS);
  check();
  return () => clearInterval(poll);
}

/** Each deployment is a new file that is renamed into place: its inode, time and size identify it. */
function stampOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? "none" : `${stat.ino} ${stat.mtimeNs} ${stat.size}`;
}

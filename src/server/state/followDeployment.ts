/** Watches for new deployments. Each is loaded, verified and warmed up, then replaces the old one between two requests. */
import { statSync, watch, type FSWatcher } from "node:fs";
import { join } from "node:path";
import { messageOf, MlctlError } from "../../core/errors.ts";
import { deployedServedModel, type DeployedServedModel } from "../../lifecycle/predict/servedModel.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { currentDeployment } from "../../storage/deployment/currentDeployment.ts";
import { fromRecordPath } from "../../storage/files/workspacePaths.ts";

/** Polling finds changes on file systems that do not report them (network drives, some containers). */
const POLL_MS = 1000;

/** A refused deployment is retried: its model may have been restored while deployment.json stayed the same. */
const RETRY_MS = 5000;

/**
 * Takes the current deployment, if any, before it returns; later ones as they appear.
 * @param refuse called if the newest deployment cannot be served (the previous one stays), once for each reason
 */
export function followDeployment(
  workspace: Workspace,
  take: (served: DeployedServedModel) => void,
  refuse: (reason: MlctlError) => void,
): () => void {
  const folder = workspace.paths.production;
  const path = join(folder, "deployment.json");
  let known = "";
  let refused = "";
  let failedAt = 0;
  let taken = "";
  let watcher: FSWatcher | undefined;

  const check = (): void => {
    const stamp = stampOf(path) + (refused === "" ? "" : modelStamp(workspace));
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
  const poll = setInterval(() => {
    watcher ??= watchFolder(folder, check);
    check();
  }, POLL_MS);
  watcher = watchFolder(folder, check);
  check();
  return () => {
    clearInterval(poll);
    watcher?.close();
  };
}

/** Undefined if the folder cannot be watched, e.g. because it does not exist before the first deployment. */
function watchFolder(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, (_event, name) => {
      if (name === null || name === "deployment.json") changed();
    });
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

/** Of the model that deployment.json names: a refused one may be repaired. */
function modelStamp({ paths }: Workspace): string {
  try {
    const deployment = currentDeployment(paths.production);
    return deployment === undefined ? "" : ` ${stampOf(fromRecordPath(paths.workspace, deployment.model.path))}`;
  } catch {
    return "";
  }
}

/** Each deployment is a new file that is renamed into place: its inode, time and size identify it. */
function stampOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? "none" : `${stat.ino} ${stat.mtimeNs} ${stat.size}`;
}

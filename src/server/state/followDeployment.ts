/** Watches for new deployments. Each is loaded, verified and warmed up, then replaces the old one between two requests. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { attempt, messageOf, MlctlError } from "../../core/errors.ts";
import { deployedServedModel, type DeployedServedModel } from "../../lifecycle/predict/servedModel.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { currentDeployment } from "../../storage/deployment/currentDeployment.ts";
import { fromRecordPath } from "../../storage/files/workspacePaths.ts";
import { errorCode } from "../../storage/files/atomicWrite.ts";

/** Polling also finds changes on file systems that do not report them (network drives, some containers). */
const POLL_MS = 250;

/** A refused deployment is loaded again at most so often, and only if its model has changed or could not be read. */
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
  const { paths } = workspace;
  const path = join(paths.production, "deployment.json");
  let known = "";
  /** A refused model may be restored while deployment.json stays the same. */
  let model = "";
  let knownModel = "";
  let refused = "";
  let isUnread = false;
  let failedAt = 0;
  let taken = "";

  const check = (): void => {
    const stamp = stampOf(path);
    const isDue = refused !== "" && performance.now() - failedAt >= RETRY_MS;
    if (stamp === known && !(isDue && (isUnread || stampOf(model) !== knownModel))) return;
    model = modelPath(paths);
    [known, knownModel] = [stamp, stampOf(model)];
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
      [failedAt, isUnread] = [performance.now(), isSystemError(error)];
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
  try {
    const stat = statSync(path, { bigint: true });
    return `${stat.ino} ${stat.mtimeNs} ${stat.size}`;
  } catch {
    return "none";
  }
}

/** "" if deployment.json names none. */
function modelPath({ production, workspace }: Workspace["paths"]): string {
  const deployment = attempt(
    () => currentDeployment(production),
    () => undefined,
  );
  return deployment === undefined ? "" : fromRecordPath(workspace, deployment.model.path);
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && (errorCode(error) !== undefined || isSystemError(error.cause));
}

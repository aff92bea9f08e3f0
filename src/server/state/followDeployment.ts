/** Takes up each new deployment: loaded, verified and warmed first, then swapped in between two requests. */
import { statSync, watch, type FSWatcher } from "node:fs";
import { join } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import { servedModel, type ServedModel } from "../../lifecycle/predict/servedModel.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";

export interface FollowOptions {
  readonly workspace: Workspace;
  readonly take: (served: ServedModel) => void;
  /** The newest deployment cannot be served; what was served before stays. Called once for each reason. */
  readonly refuse: (reason: MlctlError) => void;
}

export interface Follower {
  close(): void;
}

/** Where the file system tells of no changes (network drives, some containers) this finds them. */
const POLL_MS = 1000;

/** A refused deployment is tried again: its model may have been restored, with deployment.json as it was. */
const RETRY_MS = 5000;

/** The deployment of now is taken when this returns, where there is one; later ones as they come. */
export function followDeployment({ workspace, take, refuse }: FollowOptions): Follower {
  const folder = workspace.paths.production;
  const path = join(folder, "deployment.json");
  let known = "";
  let refused = "";
  let failedAt = 0;
  let taken = "";
  let watcher: FSWatcher | undefined;

  const look = (): void => {
    const stamp = stampOf(path);
    const retry = refused !== "" && performance.now() - failedAt >= RETRY_MS;
    if (stamp === known && !retry) return;
    known = stamp;
    try {
      const served = servedModel(workspace);
      if (served === undefined && taken !== "") throw gone(path);
      const found = served === undefined ? "" : JSON.stringify(served.deployment);
      // A file that came back to what it was, or that was read a moment after it was seen, is no new deployment.
      if (served !== undefined && (found !== taken || refused !== "")) take(served);
      [taken, refused] = [found, ""];
    } catch (error) {
      failedAt = performance.now();
      const reason = asMlctlError(error);
      if (reason.message !== refused) refuse(reason);
      refused = reason.message;
    }
  };
  const poll = setInterval(() => {
    watcher ??= watchFolder(folder, () => look());
    look();
  }, POLL_MS);
  watcher = watchFolder(folder, () => look());
  look();
  return {
    close() {
      clearInterval(poll);
      watcher?.close();
    },
  };
}

/** Undefined where it cannot be watched, e.g. because nothing was deployed yet: then the poll finds it. */
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

/** Each deployment is a file of its own that is renamed into place: its inode and time tell it from the others. */
function stampOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? "none" : `${stat.ino} ${stat.mtimeNs} ${stat.size}`;
}

function gone(path: string): MlctlError {
  return new MlctlError("notReady", `${path} is gone`, { hint: "`mlctl deploy` writes it anew" });
}

function asMlctlError(error: unknown): MlctlError {
  if (error instanceof MlctlError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new MlctlError("failure", `the deployed model cannot be used: ${message}`, { cause: error });
}

/** Who deploys, where, from which commit and why; for the record of the deployment. */
import { spawnSync } from "node:child_process";
import { hostname, userInfo } from "node:os";
import type { DeploymentOrigin } from "../../core/records/deployment.ts";

/** Of git, which may wait for a slow disk. */
const TIMEOUT_MILLISECONDS = 5000;

/** @param workspace the folder of config.json, which may be in a git repository */
export function deploymentOrigin(workspace: string, message: string | undefined): DeploymentOrigin {
  const commit = commitOf(workspace);
  return {
    by: process.env["GITHUB_ACTOR"] || userName(),
    host: hostname(),
    ...(commit === undefined ? {} : { commit }),
    ...(message === undefined ? {} : { message }),
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`; // a numeric user of a container has no name
  }
}

/** `rev-parse` reads only: it runs no hook, whoever the repository is from. */
function commitOf(workspace: string): string | undefined {
  const options = { encoding: "utf8", timeout: TIMEOUT_MILLISECONDS } as const;
  const { status, stdout } = spawnSync("git", ["-C", workspace, "rev-parse", "--verify", "HEAD"], options);
  return status === 0 && /^[0-9a-f]{40,64}\n$/.test(stdout) ? stdout.trim() : undefined;
}

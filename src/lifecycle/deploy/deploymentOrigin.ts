/** Who deploys, where, from which commit and why; for the record of the deployment. */
import { spawnSync } from "node:child_process";
import { hostname, userInfo } from "node:os";
import type { DeploymentOrigin } from "../../core/records/lineage.ts";

/** Of git, which may wait for a slow disk. */
const GIT_MILLISECONDS = 5000;

/** @param workspace the folder of config.json, which may be in a git repository */
export function deploymentOrigin(workspace: string, message: string | undefined): DeploymentOrigin {
  return {
    by: process.env["GITHUB_ACTOR"] || userName(),
    host: hostname(),
    ...commitOf(workspace),
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

/** These commands of git read only: they run no hook, filter or monitor of the repository, which may be another person's. */
function commitOf(workspace: string): Pick<DeploymentOrigin, "commit" | "dirty"> {
  const git = (...args: string[]) =>
    spawnSync("git", ["-C", workspace, "-c", "core.fsmonitor=false", "-c", "core.checkStat=minimal", ...args], {
      encoding: "utf8",
      timeout: GIT_MILLISECONDS,
    });
  const { status, stdout } = git("rev-parse", "--verify", "HEAD");
  if (status !== 0 || !/^[0-9a-f]{40,64}\n$/.test(stdout)) return {};
  // By size and time of the files, because to compare their content git would run the filters of the repository.
  const changed = git("-c", "core.trustctime=false", "diff-index", "--name-only", "HEAD", "--").stdout !== "";
  return { commit: stdout.trim(), ...(changed && { dirty: true }) };
}

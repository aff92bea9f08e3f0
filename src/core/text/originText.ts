/** Who made a deployment, where and why, in one line. */
import type { DeploymentOrigin } from "../records/deployment.ts";

/** "ada on web1, commit 1a2b3c4d5e6f: before the new tariff"; "" for a record of an earlier version. */
export function originText({ by, host, commit, message }: DeploymentOrigin): string {
  const who = [by, host].filter((each) => each !== undefined).join(" on ");
  const where = commit === undefined ? who : `${who}, commit ${commit.slice(0, 12)}`;
  return message === undefined ? where : `${where}: ${message}`;
}

/** The switch of production: the files that it copies, what the alerts must know before it, and who deploys from where. */
import { existsSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { hostname, userInfo } from "node:os";
import type { Artifact, Run, DeploymentOrigin } from "../../core/records/lineage.ts";
import { currentDeployment } from "../../storage/deployment/currentDeployment.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import { artifactOf } from "../../storage/files/workspacePaths.ts";
import type { DeploymentRequest } from "../../storage/records/records.ts";
import { syncStore } from "../../storage/store/syncStore.ts";
import { changeAlertState } from "../alertState.ts";
import { ingestedFilesPath, ingestedFilesText } from "../datasets.ts";
import type { Session } from "../session.ts";

/** @returns the path of the deployed model */
export async function commitDeployment(session: Session, request: Omit<DeploymentRequest, "deployedAt">) {
  const { records, store, context, config, paths } = session;
  context.signal.throwIfAborted();
  // If this process is killed after the switch, the next one that sends alerts knows what is new.
  if (config.alerts.some(({ on }) => on.includes("deployed"))) {
    const at = currentDeployment(paths.production)?.deployedAt ?? null;
    await changeAlertState(session, (state) => ({ ...state, deployment: state.deployment ?? { at } }));
  }
  const deployment = await records.deploy({ ...request, deployedAt: context.now().toISOString() });
  await syncStore(records, store);
  return deployment.model.path;
}

/** What a deployment of the run copies. */
export async function artifacts(session: Session, run: Run) {
  const { paths, store } = session;
  await session.records.fetch(run);
  const dataset = store.dataset(run.datasetId);
  const list = dataset && ingestedFilesPath(session, dataset);
  // The machine that ingested has it; no record names it.
  if (paths.bucket && dataset && list && !existsSync(list)) atomicWrite(list, ingestedFilesText(dataset));
  const present = (path: string | undefined): Promise<Artifact | null> | null =>
    path === undefined ? null : artifactOf(paths.workspace, path).catch(() => null);
  const latestScore = await present(run.score?.artifact.path);
  return { model: run.model!, latestScore, ingestedFiles: await present(list) };
}

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

/** The switch of production: the files that it copies, and what the alerts must know before it. */
import { existsSync } from "node:fs";
import type { Artifact, Run } from "../../core/records/lineage.ts";
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

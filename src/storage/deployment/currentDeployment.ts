import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "../../core/records/lineage.ts";
import { MlctlError } from "../../core/errors.ts";
import { parseRecord } from "../records/recordFiles.ts";
import { namesIn, errorCode } from "../files/atomicWrite.ts";
import type { WorkspaceWriter } from "../store/saveRecord.ts";

/**
 * The active deployment; undefined if nothing is deployed.
 * @param production prod_deployment_path, absolute
 * @throws {MlctlError} kind "data" if deployment.json is damaged
 */
export function currentDeployment(production: string): Deployment | undefined {
  return readDeployment(join(production, "deployment.json"));
}

/** All deployments, including the current one, newest first. */
export function deploymentHistory(production: string): Deployment[] {
  const earlier = historyIds(production).map(({ id, name }) => {
    return readDeployment(join(production, "history", name), String(id));
  });
  const all = [...earlier, currentDeployment(production)].filter((each) => each !== undefined);
  const byId = new Map(all.map((deployment) => [deployment.deploymentId, deployment]));
  return [...byId.values()].toSorted((a, b) => b.deploymentId - a.deploymentId);
}

/** True if something was deployed but deployment.json is missing, so that the active deployment is unknown. */
export function deploymentIsLost(production: string): boolean {
  if (existsSync(join(production, "deployment.json"))) return false;
  return historyIds(production).length > 0 || existsSync(join(production, "trainedmodel.json"));
}

/** The number of the newest deployment, also one of which only the history is left; 0 if there is none. */
export function newestId(production: string, current: Deployment | undefined): number {
  return Math.max(current?.deploymentId ?? 0, ...historyIds(production).map(({ id }) => id));
}

function historyIds(production: string): { readonly id: number; readonly name: string }[] {
  return namesIn(join(production, "history")).flatMap((name) => {
    const id = /^deployment_0*(\d+)\.json$/.exec(name)?.[1];
    return id === undefined ? [] : [{ id: Number(id), name }];
  });
}

/** Undefined if the file does not exist. */
function readDeployment(path: string, id?: string): Deployment | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw new MlctlError("failure", `cannot read ${path}: ${String(errorCode(error))}`, { cause: error });
  }
  const record = parseRecord(text, path, { kind: "deployment", ...(id !== undefined && { id }) });
  if (record.kind !== "deployment") throw new TypeError(`${path} holds a ${record.kind}`);
  return record;
}

/** Does nothing without a bucket. @throws {MlctlError} kind "data" if a file is nowhere */
export async function fetchDeployed({ paths, records }: Pick<WorkspaceWriter, "paths" | "records">): Promise<void> {
  const deployment = paths.bucket && currentDeployment(paths.production);
  if (deployment !== undefined) await records.fetch(deployment);
}

/**
 * Deployments are a stack that a rollback pops. After A, B, C it returns to B, then to A, and after a new D to A again. It
 * never returns to a deployment that was rolled back. Deployments of the active run are skipped.
 *
 * @param history newest first
 * @throws {MlctlError} kind "notReady" if nothing is deployed, or there is no earlier deployment, or it was pruned
 */
export function rollbackTarget(history: readonly Deployment[]): Deployment {
  const current = history[0];
  if (current === undefined) throw new MlctlError("notReady", "no model is deployed", { hint: "run `mlctl deploy`" });
  const target = rollbackTargets(history)[0];
  const hint = "`mlctl models list` shows the runs that can be deployed";
  if (target === undefined)
    throw new MlctlError("notReady", `there is no deployment before that of run ${current.runId}`, { hint });
  const { deploymentId, runId, prunedAt } = target;
  if (prunedAt === undefined) return target;
  const message = `the previous deployment, ${deploymentId} of run ${runId}, was pruned at ${prunedAt}: its model is gone`;
  throw new MlctlError("notReady", message, { hint: `${hint}; \`retention.deployments\` sets how many are kept` });
}

/** The targets of successive rollbacks, in order. @param history newest first */
export function rollbackTargets(history: readonly Deployment[]): Deployment[] {
  const stack: Deployment[] = [];
  for (const deployment of history.toReversed()) {
    // A rollback pops what it undid; one to a run that is not on the stack counts as a deployment.
    const isRollback = deployment.action === "rollback";
    const position = isRollback ? stack.findLastIndex(({ runId }) => runId === deployment.runId) : -1;
    if (position >= 0) stack.length = position + 1;
    else stack.push(deployment);
  }
  const targets: Deployment[] = [];
  let runId = history[0]?.runId;
  for (const deployment of stack.toReversed()) {
    if (deployment.runId !== runId) targets.push(withCopies(deployment, history));
    runId = deployment.runId;
  }
  return targets;
}

/** If the deployment was pruned, another deployment of the same run may still have its files, such as a rollback to it. */
function withCopies(deployment: Deployment, history: readonly Deployment[]): Deployment {
  if (deployment.prunedAt === undefined) return deployment;
  return history.find(({ runId, prunedAt }) => runId === deployment.runId && prunedAt === undefined) ?? deployment;
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "../../core/records/deployment.ts";
import { MlctlError } from "../../core/errors.ts";
import { parseRecord } from "../records/parseRecord.ts";
import { namesIn } from "../files/commitFile.ts";
import { errorCode } from "../files/writeFailure.ts";
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

export function historyIds(production: string): { readonly id: number; readonly name: string }[] {
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

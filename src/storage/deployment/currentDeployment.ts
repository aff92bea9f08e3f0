/** Reads the current deployment and its history. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "../../core/records/deployment.ts";
import { MlctlError } from "../../core/errors.ts";
import { parseRecord } from "../records/parseRecord.ts";
import { namesIn } from "../files/commitFile.ts";
import { errorCode } from "../files/writeFailure.ts";
import type { WorkspacePaths } from "../files/workspacePaths.ts";
import type { Records } from "../records/records.ts";

/**
 * The active deployment; undefined if nothing is deployed.
 * @param production prod_deployment_path, absolute
 * @throws {MlctlError} kind "data" if deployment.json is damaged
 */
export function currentDeployment(production: string): Deployment | undefined {
  const path = join(production, "deployment.json");
  const text = textOf(path);
  return text === undefined ? undefined : parseDeployment(text, path);
}

/** All deployments, including the current one, newest first. */
export function deploymentHistory(production: string): Deployment[] {
  const folder = join(production, "history");
  const earlier = historyIds(production).flatMap(({ id, name }) => {
    const text = textOf(join(folder, name));
    return text === undefined ? [] : [parseDeployment(text, join(folder, name), String(id))];
  });
  const current = currentDeployment(production);
  const all = new Map([...earlier, ...(current === undefined ? [] : [current])].map((d) => [d.deploymentId, d]));
  return [...all.values()].toSorted((a, b) => b.deploymentId - a.deploymentId);
}

/** True if something was deployed but deployment.json is missing, so that the active deployment is unknown. */
export function deploymentIsLost(production: string): boolean {
  if (existsSync(join(production, "deployment.json"))) return false;
  return historyIds(production).length > 0 || existsSync(join(production, "trainedmodel.json"));
}

/** The numbers of the archived deployments, from their file names. */
export function historyIds(production: string): { readonly id: number; readonly name: string }[] {
  return namesIn(join(production, "history")).flatMap((name) => {
    const id = /^deployment_0*(\d+)\.json$/.exec(name)?.[1];
    return id === undefined ? [] : [{ id: Number(id), name }];
  });
}

/** Content of a text file; undefined if it does not exist. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw new MlctlError("failure", `cannot read ${path}: ${String(errorCode(error))}`, { cause: error });
  }
}

function parseDeployment(text: string, path: string, id?: string): Deployment {
  const record = parseRecord(text, path, id === undefined ? { kind: "deployment" } : { kind: "deployment", id });
  if (record.kind !== "deployment") throw new TypeError(`${path} holds a ${record.kind}`);
  return record;
}

/** Does nothing without a bucket. @throws {MlctlError} kind "data" if a file is nowhere */
export async function fetchDeployed({
  paths,
  records,
}: {
  readonly paths: WorkspacePaths;
  readonly records: Records;
}): Promise<void> {
  const deployment = paths.bucket && currentDeployment(paths.production);
  if (deployment !== undefined) await records.fetch(deployment);
}

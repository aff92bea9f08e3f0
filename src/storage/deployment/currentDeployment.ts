/** Reads what is deployed, and what was before. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "../../core/records/deployment.ts";
import { MlctlError } from "../../core/errors.ts";
import { parseRecord } from "../records/parseRecord.ts";
import { errorCode } from "../files/writeFailure.ts";

/**
 * The deployment in force; undefined where nothing was deployed.
 * @param production prod_deployment_path, absolute
 * @throws {MlctlError} kind "data" where deployment.json is damaged
 */
export function currentDeployment(production: string): Deployment | undefined {
  const path = join(production, "deployment.json");
  const text = textOf(path);
  return text === undefined ? undefined : parseDeployment(text, path);
}

/** Every deployment that was ever in force, newest first, the current one included. */
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

/** True where something was deployed, and what is in force now cannot be told: deployment.json is gone. */
export function deploymentIsLost(production: string): boolean {
  if (existsSync(join(production, "deployment.json"))) return false;
  return historyIds(production).length > 0 || existsSync(join(production, "trainedmodel.json"));
}

/** The numbers of the archived deployments, as their file names have them. */
export function historyIds(production: string): { readonly id: number; readonly name: string }[] {
  return namesIn(join(production, "history")).flatMap((name) => {
    const id = /^deployment_0*(\d+)\.json$/.exec(name)?.[1];
    return id === undefined ? [] : [{ id: Number(id), name }];
  });
}

/** Names in a folder; none where it does not exist. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** A small text file; undefined where it does not exist. */
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

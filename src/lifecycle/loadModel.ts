/** Loads the model that a REF on the command line names, or the deployed model. */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { Artifact, Deployment, Run } from "../core/records/lineage.ts";
import { MlctlError } from "../core/errors.ts";
import type { Model } from "../core/records/model.ts";
import { readStore } from "../storage/store/syncStore.ts";
import { currentDeployment, fetchDeployed } from "../storage/deployment/currentDeployment.ts";
import { sha256File, fromRecordPath } from "../storage/files/workspacePaths.ts";
import { readModel, readRecordedModel } from "../storage/model/modelFile.ts";
import { resolveRun } from "../storage/store/resolveRun.ts";
import type { Session } from "./session.ts";
import { predictor } from "../pipeline/predict/predictor.ts";
import { rowReader } from "../pipeline/rows/rowReader.ts";
import { withMissing } from "./settings.ts";
import type { Workspace } from "./workspace.ts";

export interface LoadedModel {
  readonly model: Model;
  /** The run that trained the model; null if no run of this workspace did. */
  readonly run: Run | null;
  readonly path: string;
  /** Hash of the model file, as in records and `lineage`. */
  readonly sha256: string;
}

/**
 * @param reference a run id or unique prefix, "v3", "@champion", "latest", or the path of a model file
 * @throws {MlctlError} kind "usage" if no model matches, "data" if the file is damaged
 */
export async function loadModel({ store, paths, records }: Session, reference: string): Promise<LoadedModel> {
  const file = resolve(reference);
  if (/[./\\]/.test(reference) && existsSync(file) && statSync(file).isFile()) {
    const model = readModel(file);
    requireWorking(model, file);
    const sha256 = await sha256File(file);
    const run = store.runs({ withModel: true }).find((candidate) => candidate.model?.sha256 === sha256) ?? null;
    return { model, run, path: file, sha256 };
  }
  if (!reference.startsWith("@") && /[/\\]|\.json$/.test(reference)) {
    throw new MlctlError("usage", `model file not found: ${reference}`, {
      hint: "check the path, or run `mlctl models list`",
    });
  }
  const run = resolveRun(store, reference);
  const path = modelPath({ paths }, run);
  const { sha256 } = run.model!;
  await records.fetch(run, [run.model!]);
  return { model: readRecordedModel(path, sha256), run, path, sha256 };
}

/** @throws {MlctlError} kind "data" if the file is missing or has changed */
export async function recordedModel(
  { paths, records }: Pick<Session, "paths" | "records">,
  record: Run | Deployment,
  artifact: Artifact,
): Promise<Model> {
  await records.fetch(record, [artifact]);
  return readRecordedModel(fromRecordPath(paths.workspace, artifact.path), artifact.sha256);
}

export interface DeployedModel extends Omit<LoadedModel, "run"> {
  readonly deployment: Deployment;
}

/** The deployed model; undefined when nothing is deployed. */
export async function loadDeployed(session: Session): Promise<(DeployedModel & LoadedModel) | undefined> {
  const { store, paths } = session;
  await fetchDeployed(session);
  const deployed = deployedModel(paths);
  return deployed && { ...deployed, run: store.run(deployed.deployment.runId) ?? null };
}

/**
 * The model that `reference` names, or without a reference the deployed model, to read new rows: see withMissing.
 * @throws {MlctlError} kind "notReady" with the hint if no model is deployed
 */
export async function namedOrDeployed(session: Session, reference: string | undefined, hint: string) {
  const loaded = reference === undefined ? await loadDeployed(session) : await loadModel(session, reference);
  if (loaded !== undefined) return { ...loaded, model: withMissing(loaded.model, session.config) };
  throw new MlctlError("notReady", "no model is deployed", { hint });
}

/** Loads the deployed model without the index, so it works while another process holds the lock. */
export function deployedModel({ production, workspace }: Session["paths"]): DeployedModel | undefined {
  const deployment = currentDeployment(production);
  if (deployment === undefined) return undefined;
  const path = fromRecordPath(workspace, deployment.model.path);
  const { sha256 } = deployment.model;
  return { model: readDeployedModel(path, sha256), path, sha256, deployment };
}

function readDeployedModel(path: string, sha256: string): Model {
  try {
    return readRecordedModel(path, sha256);
  } catch (error) {
    if (!(error instanceof MlctlError) || error.kind !== "data") throw error;
    const hint = "run `mlctl deploy` to restore it from the models folder, or `mlctl deploy --rollback`";
    throw new MlctlError("data", error.message, { hint, cause: error });
  }
}

/** Path of a run's model file. @throws {MlctlError} kind "usage" if the run kept no model file */
export function modelPath({ paths }: Pick<Session, "paths">, run: Run): string {
  if (run.model !== null) return fromRecordPath(paths.workspace, run.model.path);
  throw new MlctlError(
    "usage",
    `run ${run.runId} (${run.family}) has no model file: only the best run of a training keeps one (raise promotion.top to keep more)`,
    { hint: `run \`mlctl runs show ${run.runId}\` to see the best run of its training` },
  );
}

/** Predicts zero rows as a check. @throws {MlctlError} kind "data" if parts of the model do not match each other or this version of mlctl */
function requireWorking(model: Model, path: string): void {
  try {
    const names = model.signature.inputs.map(({ name }) => name);
    predictor(model)(rowReader(model.signature, names)([]).table);
  } catch (error) {
    if (error instanceof MlctlError) throw error;
    const what = error instanceof Error ? error.message : String(error);
    throw new MlctlError("data", `the model file ${path} is inconsistent: ${what}`, {
      hint: "restore the file from a backup, or run `mlctl train`",
      cause: error,
    });
  }
}

/** @throws {MlctlError} kind "notReady" */
export async function requireDeployed(workspace: Workspace): Promise<void> {
  const { paths } = workspace;
  // On this machine, there may be no copy of the deployment yet.
  if (paths.shared !== undefined) (await readStore(workspace)).close();
  if (currentDeployment(paths.production) !== undefined) return;
  throw new MlctlError("notReady", "no model is deployed", { hint: "run `mlctl deploy`" });
}

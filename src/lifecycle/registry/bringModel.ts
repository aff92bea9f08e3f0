/** Brings a model, its record and its lineage into another workspace. */
import { copyFileSync, existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Artifact, Dataset, Run } from "../../core/records/lineage.ts";
import { messageOf, MlctlError } from "../../core/errors.ts";
import { holdsArtifact, sha256File, fromRecordPath, toRecordPath } from "../../storage/files/workspacePaths.ts";
import { atomicWrite, commitFile, ensureFolder, temporaryPath } from "../../storage/files/atomicWrite.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import { saveRecord } from "../../storage/store/saveRecord.ts";
import { ingestedFilesPath, ingestedFilesText } from "../datasets.ts";
import { KEPT_TAG, RULES_TAG } from "../deploy/describePromotion.ts";
import { modelPath } from "../loadModel.ts";
import type { Session } from "../session.ts";

/** Run tag with the workspace and the version that a model came from. */
const FROM_TAG = "promoted_from";

export type BroughtModel = Awaited<ReturnType<typeof bringModel>>;

/**
 * Every file is checked against the hash of its record. Deploys nothing.
 * @param target a writing session
 * @param reference of the model in the source
 * @returns `from`: workspace and version; `files`: paths of the copies in the target, none if it was there already; `notes`:
 *   what of the lineage did not arrive
 * @throws {MlctlError} kind "usage" if the run has no model file, "data" if a file is missing or has another content
 */
export async function bringModel(source: Session, target: Session, reference: string) {
  const run = resolveRun(source.store, reference);
  modelPath(source, run); // throws for a run without a model
  if (placeOf(source) === placeOf(target))
    throw new MlctlError("usage", "the target is the same workspace", { hint: "`mlctl deploy` deploys a model here" });
  const { runId } = run;
  const from = `${source.paths.workspace} v${run.modelVersion}`;
  const known = target.store.run(runId);
  if (known !== undefined && known.model !== null)
    return { runId, modelVersion: known.modelVersion, from, files: [], notes: [] };
  const dataset = source.store.dataset(run.datasetId);
  const isNew = dataset !== undefined && target.store.dataset(dataset.datasetId) === undefined;
  const rows = isNew ? await bringDataset(source, target, dataset) : [];
  const files = [...rows, ...(await bringRun(source, target, run, from))];
  const gone = `the record of dataset ${run.datasetId} is gone in the source: only its hash arrives`;
  const modelVersion = target.store.run(runId)?.modelVersion ?? null;
  return { runId, modelVersion, from, files, notes: dataset === undefined ? [gone] : [] };
}

/** Its input folder and files are named where they are: those of the target are others. */
async function bringDataset(source: Session, target: Session, dataset: Dataset): Promise<string[]> {
  const { workspace } = source.paths;
  await source.records.fetch(dataset, [dataset.artifact]);
  const artifact = await copied(source, target, dataset.artifact, target.paths.datasets);
  const record: Dataset = {
    ...dataset,
    artifact,
    inputFolder: resolve(workspace, dataset.inputFolder),
    files: dataset.files.map((file) => ({ ...file, path: resolve(workspace, file.path) })),
    rejected: dataset.rejected.map(({ copy: _copy, ...file }) => ({ ...file, path: resolve(workspace, file.path) })),
  };
  atomicWrite(ingestedFilesPath(target, record), ingestedFilesText(record));
  await saveRecord(target, record);
  return [artifact.path];
}

async function bringRun(source: Session, target: Session, run: Run, from: string): Promise<string[]> {
  const { [KEPT_TAG]: _kept, [RULES_TAG]: _rules, ...tags } = run.tags;
  const { models: folder } = target.paths;
  await source.records.fetch(run);
  const model = await copied(source, target, run.model!, folder);
  const score = run.score && {
    ...run.score,
    artifact: await copied(source, target, run.score.artifact, folder),
  };
  const modelVersion = target.store.nextModelVersion();
  await saveRecord(target, { ...run, model, score, modelVersion, tags: { ...tags, [FROM_TAG]: from } });
  return [model, ...(score === null ? [] : [score.artifact])].map(({ path }) => path);
}

async function copied(source: Session, target: Session, artifact: Artifact, folder: string): Promise<Artifact> {
  const path = join(folder, basename(artifact.path));
  const copy = { ...artifact, path: toRecordPath(target.paths.workspace, path) };
  if (holdsArtifact(path, artifact)) return copy;
  if (existsSync(path))
    throw new MlctlError("data", `${path} is there and has another content`, { hint: "move it away" });
  ensureFolder(folder);
  const temporary = temporaryPath(path);
  const hint = "`mlctl verify` in the source lists what changed";
  try {
    copyFileSync(fromRecordPath(source.paths.workspace, artifact.path), temporary);
  } catch (cause) {
    throw new MlctlError("data", `${artifact.path} cannot be copied: ${messageOf(cause)}`, { hint, cause });
  }
  // Of the copy, so that a fault on the way is found as well.
  if ((await sha256File(temporary)) !== artifact.sha256)
    throw new MlctlError("data", `${artifact.path} has changed since it was recorded`, { hint });
  commitFile(temporary, path);
  return copy;
}

/** Two environments may lie in one folder. */
function placeOf({ paths }: Session): string {
  return JSON.stringify([paths.database, paths.shared, paths.models, paths.production]);
}

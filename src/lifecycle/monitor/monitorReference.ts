/** The reference of monitor: the model's training rows, a season, a dataset or files. */
import { resolve } from "node:path";
import { statSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";
import type { Model, Reference } from "../../core/records/model.ts";
import { foundFiles } from "../ingest/inputFiles.ts";
import type { LoadedModel } from "../loadModel.ts";
import { monitorSeason, SAME_SEASON, type SeasonOf } from "./monitorSeason.ts";
import { readingOptions } from "../settings.ts";
import { referenceOfRows, referenceOfFiles, type ReferenceFiles } from "./referenceOfRows.ts";
import type { Session } from "../session.ts";
import { readDataset } from "../datasets.ts";
import { workerThread } from "../../core/workerThread.ts";

export interface NamedReference {
  readonly name: string;
  readonly reference: Reference;
  readonly seasonOf?: SeasonOf;
}

/** @throws {MlctlError} kind "usage" if the configured reference is neither a dataset nor a path */
export async function monitorReference(session: Session, loaded: LoadedModel): Promise<NamedReference> {
  const { reference } = loaded.model;
  const name = session.config.monitor.reference;
  if (name === "training") return { name, reference };
  if (name === SAME_SEASON) return { name, reference, seasonOf: await monitorSeason(session, loaded) };
  return { name, reference: await namedReference(session, loaded.model, name) };
}

async function namedReference(session: Session, model: Model, name: string): Promise<Reference> {
  const { time_column: timeColumn, serve, train, monitor } = session.config;
  const isExact = monitor.drift.rules === "evidently";
  const options = { model, timeColumn, round: serve.round, seed: train.seed, isExact };
  const dataset = session.store.dataset(name);
  if (dataset !== undefined) return referenceOfRows(await readDataset(session, dataset), options);
  try {
    const { files } = await foundFiles(session, [resolve(session.paths.workspace, name)]);
    const paths = files.map(({ absolute }) => absolute);
    return await referenceInThread({ ...options, paths, reading: readingOptions(session.config, model) });
  } catch (error) {
    if (!(error instanceof MlctlError) || error.kind !== "notReady") throw error;
    throw new MlctlError("usage", `monitor.reference: ${name} is neither a dataset nor a path`, {
      hint: 'use "training", "same_season", the id of a dataset (`mlctl lineage`), or the path of a file or folder',
      cause: error,
    });
  }
}

/** Minimum file size for a thread. Starting one takes 0.1 s, as long as reading this many bytes. */
const MIN_THREAD_BYTES = 4 << 20;

export async function referenceInThread(files: ReferenceFiles): Promise<Reference> {
  const bytes = files.paths.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
  // An exact reference keeps every value, and copying them between threads is slow.
  if (bytes < MIN_THREAD_BYTES || files.isExact) return referenceOfFiles(files);
  const thread = workerThread<ReferenceFiles, Reference>({
    file: "dist/app/referenceThread.js",
    exited: "the thread that reads the reference exited",
  });
  return thread.request(files).finally(thread.end);
}

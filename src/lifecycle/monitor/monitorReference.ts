/** The reference of monitor: the model's training rows, the same days of earlier years, a dataset or files. */
import { resolve } from "node:path";
import { statSync } from "node:fs";
import { MlctlError } from "../../core/errors.ts";
import type { Model, Reference } from "../../core/records/model.ts";
import { foundFiles } from "../ingest/inputFiles.ts";
import type { LoadedModel } from "../loadModel.ts";
import { readingOptions } from "../settings.ts";
import type { Session } from "../session.ts";
import { readDataset } from "../datasets.ts";
import { workerThread } from "../../core/workerThread.ts";
import { MILLISECONDS_A_DAY } from "../../core/text/format.ts";
import { referenceOfPrepared, prepareRows, selectPrepared } from "../../monitoring/prepareRows.ts";
import { yearToYear, type Season } from "../../monitoring/driftReport.ts";
import { extentOf } from "../../stats/descriptive.ts";
import { referenceOfRows, referenceOfFiles, type ReferenceFiles } from "./referenceOfRows.ts";
import type { PlannedWindow } from "./monitorWindows.ts";

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

const SAME_SEASON = "same_season";

/**
 * Offsets, in lengths of the window, of the windows in which years are compared with each other. With k years in one
 * window, 1 in k + 1 comparisons is the most extreme by chance; with five windows, only about 1 in 20.
 */
const NEIGHBOURS = [-2, -1, 0, 1, 2];

/** Maximum offset between these windows, two weeks: further away is another season. */
const MAX_STEP = 14 * MILLISECONDS_A_DAY;

/** Returns null if no earlier year has enough rows of these days. */
type SeasonOf = (window: PlannedWindow) => Season | null;

/** @throws {MlctlError} kind "usage" without a time column, "notReady" if the model's dataset is unknown */
async function monitorSeason(session: Session, { model, run }: LoadedModel): Promise<SeasonOf> {
  const { config, store } = session;
  const dataset = run === null ? undefined : store.dataset(run.datasetId);
  if (dataset === undefined) {
    const message = `monitor.reference: ${SAME_SEASON} needs the dataset that the model was trained on`;
    throw new MlctlError("notReady", message, {
      hint: "train a model in this workspace, or use another reference",
    });
  }
  const table = await readDataset(session, dataset);
  const { time_column: timeColumn, serve, monitor, train } = config;
  const history = prepareRows(model, table, { timeColumn, round: serve.round, known: [] });
  const { time } = history;
  if (time === null) {
    throw new MlctlError("usage", `monitor.reference: ${SAME_SEASON} needs a time column`, {
      hint: 'set "time_column" in config.json',
    });
  }
  const { target } = model.signature;
  const referenceTo = (years: readonly Int32Array[]): Reference => {
    const rows = years.flatMap((year) => [...year]);
    return referenceOfPrepared(selectPrepared(history, rows), target, { seed: train.seed });
  };
  const [from] = extentOf(time);
  const all = Int32Array.from(time.keys());
  /** The rows of the same days of each earlier year with enough rows; none after the window begins. */
  const yearsBefore = (start: number, end: number, until: number): Int32Array[] => {
    const found: Int32Array[] = [];
    for (let years = 1; yearsEarlier(end, years) > from; years++) {
      const [low, high] = [yearsEarlier(start, years), Math.min(yearsEarlier(end, years), until)];
      const rows = all.filter((row) => time[row]! >= low && time[row]! < high);
      if (rows.length >= monitor.minimum_rows) found.push(rows);
    }
    return found;
  };
  return ({ start, end }) => {
    if (start === null || end === null) return null;
    const yearsAt = (shift: number): Int32Array[] => yearsBefore(start + shift, end + shift, start);
    const years = yearsAt(0);
    if (years.length === 0) return null;
    const usual = NEIGHBOURS.flatMap((lengths) => {
      const beside = yearsAt(lengths * Math.min(end - start, MAX_STEP));
      if (beside.length < 2) return [];
      return beside.map((rows) => {
        const others = referenceTo(beside.filter((other) => other !== rows));
        return yearToYear(selectPrepared(history, rows), others, target);
      });
    });
    return { reference: referenceTo(years), usual };
  };
}

/** February 29 becomes March 1 in years without it. */
function yearsEarlier(at: number, years: number): number {
  const date = new Date(at);
  return date.setUTCFullYear(date.getUTCFullYear() - years);
}

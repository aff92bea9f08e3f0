/** What monitor compares against: the training rows as the model keeps them, or rows that config.json names. */
import { resolve } from "node:path";
import { MlctlError } from "../core/errors.ts";
import type { Reference } from "../core/reference.ts";
import type { Table } from "../core/table.ts";
import { readTable } from "../data/readTable.ts";
import { prepareRows } from "../monitoring/prepareRows.ts";
import { predictionColumn } from "../pipeline/predictionColumn.ts";
import { referenceOf } from "../stats/referenceOf.ts";
import { samplePositions } from "../stats/samplePositions.ts";
import { foundFiles } from "./inputFiles.ts";
import type { LoadedModel } from "./loadModel.ts";
import { monitorSeason, SAME_SEASON, type SeasonOf } from "./monitorSeason.ts";
import { readingOptions } from "./readingOptions.ts";
import type { Session } from "./session.ts";
import { readDataset } from "./trainingData.ts";

export interface NamedReference {
  readonly name: string;
  readonly reference: Reference;
  /** Of a window, where it is held against its own season. */
  readonly seasonOf?: SeasonOf;
}

/** Of a larger reference so many rows are answered, drawn by the seed: a hundredth is known to half a thousandth. */
const MOST_ANSWERED = 50_000;

/** @throws {MlctlError} kind "usage" where the configured reference is neither a dataset nor a path */
export async function monitorReference(session: Session, loaded: LoadedModel): Promise<NamedReference> {
  const { model } = loaded;
  const name = session.config.monitor.reference;
  if (name === "training") return { name, reference: model.reference };
  if (name === SAME_SEASON) return { name, reference: model.reference, seasonOf: await monitorSeason(session, loaded) };
  const table = await namedRows(session, name);
  const { time_column: timeColumn, serve } = session.config;
  const { seed } = session.config.train;
  const isExact = session.config.monitor.drift.rules === "evidently";
  const { inputs, yPred, yTrue } = prepareRows(model, table, {
    timeColumn,
    round: serve.round,
    known: [],
    ...(isExact ? {} : { asked: samplePositions(table.rowCount, { seed, sampleSize: MOST_ANSWERED }) }),
  });
  const { target } = model.signature;
  const answers = yPred.filter((value) => !Number.isNaN(value));
  const truth = yTrue.filter((value) => !Number.isNaN(value));
  const reference = referenceOf(inputs, {
    seed,
    // Exactly Evidently's figures need every value; the calibrated rules are as good with a sample.
    ...(isExact ? { sampleSize: table.rowCount } : {}),
    ...(answers.length === 0 ? {} : { prediction: predictionColumn(target, answers) }),
    ...(truth.length === 0 ? {} : { target: predictionColumn(target, truth) }),
  });
  return { name, reference };
}

async function namedRows(session: Session, name: string): Promise<Table> {
  const dataset = session.store.dataset(name);
  if (dataset !== undefined) return readDataset(session, dataset);
  try {
    const { files } = await foundFiles(session, [resolve(session.paths.workspace, name)]);
    return await readTable(
      files.map(({ absolute }) => absolute),
      readingOptions(session.config),
    );
  } catch (error) {
    if (!(error instanceof MlctlError) || error.kind !== "notReady") throw error;
    throw new MlctlError("usage", `monitor.reference: ${name} is neither a dataset nor a path`, {
      hint: 'take "training", "same_season", the id of a dataset (`mlctl lineage`), or the path of a file or folder',
      cause: error,
    });
  }
}

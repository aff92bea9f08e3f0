/** train: fits every configured model on the latest dataset, ranks them, and writes the best model to a dated file. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { configSha256, parseRecorded } from "../../config/configSha256.ts";
import { withValues } from "../../config/unsetValues.ts";
import type { Config } from "../../config/schema/schema.ts";
import { LARGEST_FLOAT32, type Column, type Task } from "../../core/table/table.ts";
import { recover } from "../../core/errors.ts";
import type { Dataset, Run } from "../../core/records/lineage.ts";
import { counted, milliseconds } from "../../core/text/format.ts";
import { columnStatistics } from "../../stats/descriptive.ts";
import { chosenBy } from "./automaticSettings.ts";
import { inspectData } from "./inspectData.ts";
import { signatureOf } from "../../pipeline/rows/signatureOf.ts";
import { readTestData } from "../testData.ts";
import { readingOf } from "./keepModels.ts";
import { latestDataset } from "../datasets.ts";
import { recordTraining, type TrainResult } from "./recordTraining.ts";
import type { Session } from "../session.ts";
import { withSharedFits } from "../workers/sharedFits.ts";
import { trainCandidates, type Earlier, type More } from "./trainCandidates.ts";
import { prepareData, type PreparedData } from "./trainingData.ts";
import { defaultFamilies, type DefaultModel } from "../../estimators/defaultModels.ts";
import { findEstimator, isBaseline } from "../../estimators/findEstimator.ts";
import type { Workspace } from "../workspace.ts";

export type { LeaderboardRow, TrainResult } from "./recordTraining.ts";

/**
 * XGBoost fits in its own thread, so the data is inspected in the meantime.
 * @param options.time in milliseconds, instead of `train.time`. Where that is not set, the runs have the configuration
 *   without it, as those of tune: fullprocess goes on with the model that was found
 * @throws {MlctlError} kind "notReady" if nothing has been ingested yet, "data" if no model can be fitted to the data
 */
export async function train(
  given: Session,
  { tags, time }: { readonly tags?: Run["tags"]; readonly time?: number | undefined } = {},
): Promise<TrainResult> {
  const configured = given.config.train.time === null ? null : milliseconds(given.config.train.time);
  const session = time === undefined || time === configured ? given : withTime(given, time);
  const dataset = latestDataset(session, "train");
  prepareToTrain(session);
  const data = await prepareData(session, dataset);
  await checkTestData(session, dataset, data);
  const chosen = chosenBy(session, data);
  return withSharedFits(chosen, data, async (sharing) => {
    const earlier = data.config.train.time === null ? undefined : before(session, data.target.task);
    const [{ ranked, more, isInterrupted }, suspicions] = await Promise.all([
      trainCandidates(sharing, data, undefined, earlier),
      inspectRows(sharing, data),
    ]);
    const all = chosenBy(sharing, { ...data, config: withModels(data.config, more) });
    const training = { dataset, data, ranked, suspicions, configSha256: session.configSha256(), tags };
    const result = await recordTraining(all, training);
    if (more === undefined) return result;
    const { tried, added } = more;
    const kept = added.length < tried ? `, of which the best ${added.length} are kept` : "";
    const name = time === undefined ? "train.time" : "--time";
    const why = isInterrupted ? `Ctrl-C ended ${name}` : `within ${name}`;
    return { ...result, notes: [...result.notes, `${why}: ${counted(tried, "more model")} tried${kept}`] };
  });
}

function withTime(given: Session, time: number): Session {
  const config = withValues(given.config, { train: { ...given.config.train, time: `${time}ms` } });
  // The model of another time than that of config.json is not the one that it asks for.
  const hash = given.config.train.time === null ? {} : { configSha256: () => configSha256(config) };
  return { ...given, config, ...hash };
}

/** More would leave no time for new ones. */
const MOST_EARLIER = 3;

/** The best models of the last training, as its configuration has them, and the others: `train.time` goes on from there. */
function before({ store, config }: Session, task: Task): Earlier {
  const last = store.latestModelRun();
  const recorded = last?.task === task ? parseRecorded(last.config) : undefined;
  const models = (recorded?.target === config.target && recorded.train.models) || [];
  const ranked = last === undefined ? [] : store.runsOfTraining(last.trainId);
  // A run has more parameters than its model: those by default, and what the fit found.
  const isOf = ({ family, params }: Run, model: (typeof models)[number]): boolean =>
    model.family === family &&
    Object.entries(model.params).every(([key, value]) => isDeepStrictEqual(params[key], value));
  const size = ({ params }: (typeof models)[number]): number => Object.keys(params).length;
  const best = ranked.flatMap((run) => {
    const own = models.filter((model) => !isBaseline(model.family) && isOf(run, model));
    return own.toSorted((a, b) => size(b) - size(a)).slice(0, 1);
  });
  return { best: best.slice(0, MOST_EARLIER) as DefaultModel[], others: models as DefaultModel[] };
}

/** Warns of expressions that fail on the test files only: score would find them, after the training. */
async function checkTestData(session: Session, dataset: Dataset, { config, inputs, target }: PreparedData) {
  if (config.ingest.where === null && Object.keys(config.ingest.select).length === 0) return;
  const signature = signatureOf(inputs, target, readingOf(config, dataset));
  const warn = recover(({ kind, message: why }) => {
    session.context.signal.throwIfAborted();
    // Files that are missing or damaged are no reason to warn: they may come later.
    const message = `the test data will not be read: ${why}`;
    if (kind === "usage") session.context.emit({ type: "warning", stage: "train", message });
  });
  await readTestData(session, [{ signature }]).catch(warn);
}

/** With the models that `train.time` added in its place. */
function withModels(config: Config, more: More | undefined): Config {
  if (more === undefined) return config;
  const added = more.added.map(({ candidate: { family, params } }) => {
    return { family, params: params as Record<string, string | number> };
  });
  // With several feature sets each model comes once for each.
  const models = new Map(added.map((model) => [JSON.stringify(model), model])).values();
  return { ...config, train: { ...config.train, time: null, models: [...config.train.models!, ...models] } };
}

/** Warns about leakage, and computes the column statistics of the model file early (`columnStatistics` caches them). */
async function inspectRows(session: Session, data: PreparedData): Promise<string[]> {
  const suspicions = await inspectData(session, data);
  const { inputs, y, target, dataRows } = data.parts().training;
  const columns = inputs.columns.flatMap((column) => (column.kind === "category" ? [] : [column.values]));
  for (const values of target.task === "regression" ? [...columns, y] : columns) {
    await nextTurn();
    session.context.signal.throwIfAborted();
    columnStatistics(values);
  }
  return [...suspicions, ...inputs.columns.flatMap((column) => tooLarge(column, dataRows))];
}

/** A number that no model takes; standardized or clipped it goes unnoticed, and crushes the other numbers of its column. */
function tooLarge(column: Column, dataRows: Int32Array | undefined): string[] {
  if (column.kind !== "number") return [];
  const { quantiles } = columnStatistics(column.values);
  if (!(Math.max(-(quantiles[0] ?? 0), quantiles.at(-1) ?? 0) > LARGEST_FLOAT32)) return [];
  const row = column.values.findIndex((value) => Number.isFinite(value) && Math.abs(value) > LARGEST_FLOAT32);
  const place = `data row ${(dataRows?.[row] ?? row) + 1}`;
  return [`column "${column.name}" is ${column.values[row]} in ${place}: correct the cell or leave it empty`];
}

/** Starts loading the engines of the configured families while data is still being read. */
export function prepareToTrain({ config }: Workspace): void {
  // The task is not known yet; the default families that depend on it have nothing to prepare.
  const models = config.train.models ?? defaultFamilies("regression").map((family) => ({ family, params: {} }));
  for (const { family, params } of models) findEstimator(family).prepare?.(params);
}

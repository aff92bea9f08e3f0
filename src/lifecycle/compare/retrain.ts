/** Trains a recorded run again, as it was or with the dataset or seed of another run. Writes nothing. */
import { parseRecorded } from "../../config/configSha256.ts";
import type { Dataset } from "../../core/records/dataset.ts";
import { MlctlError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Run } from "../../core/records/run.ts";
import { serializeModel } from "../../storage/model/modelFile.ts";
import { buildModel } from "../train/buildModel.ts";
import { candidateOf } from "../train/configuredCandidates.ts";
import type { SelectionMethod } from "../../pipeline/fit/selectionFolds.ts";
import type { Session } from "../session.ts";
import { finalModel } from "../train/trainCandidates.ts";
import { trainOne } from "../train/trainOne.ts";
import { prepareData } from "../train/trainingData.ts";

/** Everything that determines a model. */
export interface Recipe {
  /** The run that provides configuration, family, feature set and parameters. */
  readonly run: Run;
  readonly dataset: Dataset;
  readonly seed: number;
  /** The model as it was selected, before it was fitted again on all rows: it has not seen the validation rows. */
  readonly isBeforeRefit?: boolean;
}

/**
 * @returns the content of the model file
 * @throws {MlctlError} kind "data" if the dataset is missing, has changed, or does not suit the recipe
 */
export async function retrain(
  session: Session,
  { run, dataset, seed, isBeforeRefit = false }: Recipe,
): Promise<string> {
  const recorded = parseRecorded(run.config);
  if (recorded === undefined)
    throw new MlctlError("data", `the configuration in the record of run ${run.runId} is damaged`);
  // Records of earlier versions name no models if mlctl chose them.
  const models = recorded.train.models ?? [{ family: run.family, params: {} }];
  const { method, folds } = run.selection ?? {};
  const selection = { ...recorded.train.selection, ...(method && { method: method as SelectionMethod, folds }) };
  // The number of processes is a part of the model; how they are started depends on this machine.
  const now = session.config.train.distributed ?? { launch: null, tracker_host: null };
  const distributed = run.ranks === undefined ? null : { ...now, ranks: run.ranks };
  const config = { ...recorded, train: { ...recorded.train, models, seed, selection, distributed } };
  const sha256 = run.resolvedConfigSha256 ?? run.configSha256;
  const then = { ...session, config, configSha256: () => sha256, recordedConfig: run.config };
  const prepared = await prepareData(then, dataset);
  const unrefitted = { ...prepared.config, train: { ...prepared.config.train, refit: false } };
  const data = isBeforeRefit ? { ...prepared, selection: undefined, config: unrefitted } : prepared;
  const emit = (share: number): void =>
    session.context.emit({ type: "progress", stage: `train ${run.family}`, done: share, total: 1, unit: "models" });
  const { family, featureSet, metric } = run;
  const featurePatterns = config.train.feature_sets[featureSet] ?? null;
  // The recorded parameters are the resolved ones, including the engine.
  const params = run.params as JsonObject;
  const candidate = candidateOf(config, { family, params, featureSet, featurePatterns, metric, seed });
  const trained = await trainOne(then, { candidate, data, emit });
  if (trained.error !== undefined) throw trained.error;
  return serializeModel(await buildModel(then, dataset, data, await finalModel(then, data, trained)));
}

/** @throws {MlctlError} kind "data" if the record of the run's dataset is missing */
export function datasetOf({ store }: Session, run: Run): Dataset {
  const dataset = store.dataset(run.datasetId);
  if (dataset !== undefined) return dataset;
  const message = `the record of dataset ${run.datasetId}, which run ${run.runId} was trained on, is missing`;
  throw new MlctlError("data", message, { hint: "restore it with its CSV, then run `mlctl reindex`" });
}

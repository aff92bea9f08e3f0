/** Trains recorded runs again, as they were or with the dataset or seed of another run, and compares two. Writes nothing. */
import { isDeepStrictEqual } from "node:util";
import { parseRecorded } from "../../config/configSha256.ts";
import type { Dataset, Run } from "../../core/records/lineage.ts";
import { MlctlError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Evaluation } from "../../core/metric.ts";
import type { Model } from "../../core/records/model.ts";
import type { Table } from "../../core/table/table.ts";
import { computeMetrics } from "../../metrics/findMetric.ts";
import { parseModel, serializeModel } from "../../storage/model/modelFile.ts";
import { resolveRun } from "../../storage/store/resolveRun.ts";
import { costsOf } from "../settings.ts";
import { judge, type Judgement } from "../judge.ts";
import { loadModel } from "../loadModel.ts";
import { buildModel } from "../train/keepModels.ts";
import { candidateOf } from "../train/configuredCandidates.ts";
import type { SelectionMethod } from "../../pipeline/fit/selectionFolds.ts";
import type { Session } from "../session.ts";
import { withSharedFits } from "../workers/sharedFits.ts";
import { finalModel } from "../train/trainCandidates.ts";
import { trainOne } from "../train/trainOne.ts";
import { prepareData } from "../train/trainingData.ts";

interface Recipe {
  /** The run that provides configuration, family, feature set and parameters. */
  readonly run: Run;
  readonly dataset: Dataset;
  readonly seed: number;
  /** The model as it was selected, before it was fitted again on all rows: it has not seen the validation rows. */
  readonly isBeforeRefit?: boolean;
  /** If given, workers of a shared workspace help: gets what they did. */
  readonly onShared?: (notes: readonly string[]) => void;
}

/**
 * @returns the content of the model file
 * @throws {MlctlError} kind "data" if the dataset is missing, has changed, or does not suit the recipe
 */
export async function retrain(session: Session, { run, dataset, seed, isBeforeRefit = false, onShared }: Recipe) {
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
  // The recorded parameters are the resolved ones, including the engine.
  const params = run.params as JsonObject;
  const candidate = candidateOf(config, { family, params, featureSet, metric, seed });
  const fit = async (own: Session) => {
    const trained = await trainOne(own, { candidate, data, emit });
    if (trained.error !== undefined) throw trained.error;
    const model = await buildModel(then, dataset, data, await finalModel(own, data, trained));
    return { text: serializeModel(model), notes: [] as readonly string[] };
  };
  const { text, notes } = await (onShared === undefined ? fit(then) : withSharedFits(then, data, fit));
  onShared?.(notes);
  return text;
}

/** @throws {MlctlError} kind "data" if the record of the run's dataset is missing */
export function datasetOf({ store }: Session, run: Run): Dataset {
  const dataset = store.dataset(run.datasetId);
  if (dataset !== undefined) return dataset;
  const message = `the record of dataset ${run.datasetId}, which run ${run.runId} was trained on, is missing`;
  throw new MlctlError("data", message, { hint: "restore it with its CSV, then run `mlctl reindex`" });
}

export type RunWithModel = Awaited<ReturnType<typeof runWithModel>>;

/** @returns `retrained` if the run has no model file and was trained again in memory @throws {MlctlError} kind "data" if the model is damaged, or if there is none and its dataset is missing */
export async function runWithModel(session: Session, reference: string) {
  const run = resolveRun(session.store, reference);
  if (run.model !== null) {
    const { model } = await loadModel(session, run.runId);
    return { run, model, retrained: false };
  }
  if (run.status !== "FINISHED") {
    throw new MlctlError("usage", `run ${run.runId} (${run.family}) has no model: its status is ${run.status}`, {
      hint: "run `mlctl runs list` to see the finished runs",
    });
  }
  const text = await retrain(session, { run, dataset: datasetOf(session, run), seed: run.seed });
  return { run, model: parseModel(text, `the model of run ${run.runId}`), retrained: true };
}

/**
 * Of two classes, the first model may have the other one as its positive class: then its evaluation is turned round.
 * @returns the models on the rows that both can predict
 * @throws {MlctlError} kind "data" if the models have different targets, or one cannot predict the rows
 */
export function judgePair({ config }: Pick<Session, "config">, first: Model, second: Model, table: Table) {
  const isTurned =
    first.signature.target.task === "binary" && isDeepStrictEqual(turned(first), second.signature.target);
  if (!isTurned) requireSameTarget(first, second);
  const costs = costsOf(config);
  const judgeFirst = (only?: Int32Array): Pick<Judgement, "evaluation" | "metrics" | "rows"> => {
    const { evaluation, metrics, rows } = judge(first, table, costs, only);
    if (!isTurned) return { evaluation, metrics, rows };
    const turnedOne = turnedRound(evaluation);
    return { evaluation: turnedOne, metrics: computeMetrics(turnedOne), rows };
  };
  const a = judgeFirst();
  // A model with history features may reach fewer rows. The others stay in its history, of which lags count the rows.
  const b = judge(second, table, costs, a.rows);
  return { a: b.rows.length < a.rows.length ? judgeFirst(b.rows) : a, b };
}

function turned({ signature: { target } }: Model): Model["signature"]["target"] {
  return { ...target, classes: target.classes?.toReversed() };
}

function turnedRound({ yTrue, yPred, probabilities, ...rest }: Evaluation): Evaluation {
  const [actual, predicted, shares] = [yTrue, yPred, probabilities].map(
    (each) => each && each.map((value) => 1 - value),
  );
  return { ...rest, yTrue: actual!, yPred: predicted!, probabilities: shares! };
}

/** @throws {MlctlError} kind "data" if not */
export function requireSameTarget(first: Model, second: Model): void {
  const [mine, theirs] = [first.signature.target, second.signature.target];
  if (isDeepStrictEqual(mine, theirs)) return;
  const message = "the two models have different targets or classes, so their metrics cannot be compared";
  throw new MlctlError("data", message, { hint: `${describe(mine)} vs ${describe(theirs)}` });
}

function describe({ name, task, classes }: Model["signature"]["target"]): string {
  return `"${name}", ${task}${classes === undefined ? "" : ` of ${classes.slice(0, 5).join(", ")}`}`;
}

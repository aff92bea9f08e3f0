/** Engine "native": an installed libxgboost on all cores, in its own thread. */
import type { Ranks } from "../../../../core/estimator.ts";
import { MlctlError } from "../../../../core/errors.ts";
import type { BestRound, Watch } from "../../train/bestRound.ts";
import type { Engine, TrainingRequest, WatchedFit } from "../engine.ts";
import type { TreeEnsemble } from "../../ensemble.ts";
import { parseJsonModel } from "../../formats/parseJsonModel.ts";
import type { Matrix } from "../../../../core/table/matrix.ts";
import { watchJob, type TrainingJob } from "../trainingJob.ts";
import { trainingThread, type TrainingHooks } from "../trainingThread.ts";

const train = trainingThread("native");

/** With fewer cells times trees a round, threads cost more time than they save. */
const CELLS_FOR_THREADS = 1_000_000;

/**
 * @param library path of libxgboost
 * @param ranks processes that train together instead of a thread of this process
 */
export function nativeEngine(library: string, ranks?: Ranks): Engine {
  const run = (makeJob: () => TrainingJob, request: TrainingRequest): Promise<Uint8Array> =>
    ranks === undefined ? train(makeJob, hooksOf(request)) : ranks.fit(makeJob(), request);
  return {
    name: "native",
    prepare: train.prepare,
    async fit(request: TrainingRequest): Promise<TreeEnsemble> {
      return ensembleOf(await run(() => trainingJob(request, library), request));
    },
    async findRounds(request: TrainingRequest, watch: Watch): Promise<BestRound> {
      return bestOf(await run(() => watchedJob(request, watch, library), request));
    },
    async fitWatched(request: TrainingRequest, watch: Watch): Promise<WatchedFit> {
      const makeJob = (): TrainingJob => ({ ...watchedJob(request, watch, library), keepsModel: true });
      const bytes = await run(makeJob, request);
      const end = bytes.indexOf(LINE_BREAK);
      return { best: bestOf(bytes.subarray(0, end)), ensemble: ensembleOf(bytes.subarray(end + 1)) };
    },
    async margins(request: TrainingRequest, { values, rowCount }: Matrix, rounds: readonly number[]) {
      const margins = { rowCount, values: new Float32Array(values), rounds };
      const makeJob = (): TrainingJob => ({ ...trainingJob(request, library), margins });
      const bytes = await train(makeJob, hooksOf(request));
      const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / Float32Array.BYTES_PER_ELEMENT);
      const size = all.length / rounds.length;
      return rounds.map((_, i) => all.subarray(i * size, (i + 1) * size));
    },
  };
}

const LINE_BREAK = 10;

function bestOf(bytes: Uint8Array): BestRound {
  return JSON.parse(new TextDecoder().decode(bytes)) as BestRound;
}

function watchedJob(request: TrainingRequest, watch: Watch, library: string): TrainingJob {
  const job = trainingJob(request, library);
  const metric = watch.metric === "tweedie-nloglik" ? `${watch.metric}@${powerOf(request)}` : watch.metric;
  return { ...job, params: [...job.params, ["eval_metric", metric]], watch: watchJob(watch, request) };
}

function ensembleOf(model: Uint8Array): TreeEnsemble {
  try {
    return parseJsonModel(model);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    // XGBoost writes Infinity and NaN, which JSON does not know.
    throw new MlctlError("data", "xgboost overflows: its trees have numbers that are not finite", {
      hint: "the features, weights or target are too large: clip them, or use moderate class weights",
      cause,
    });
  }
}

/** @returns XGBoost's JSON model */
export function trainJson(request: TrainingRequest, library: string): Promise<Uint8Array> {
  return train(() => trainingJob(request, library), hooksOf(request));
}

function hooksOf(request: TrainingRequest): TrainingHooks {
  return { ...request, hint: () => 'engine "wasm" needs no installed library', isOnAllCores: threadsOf(request) !== 1 };
}

/** 0: all cores; the same trees. */
function threadsOf({ X, params, classCount, objective }: TrainingRequest): number {
  const cells = X.values.length * (objective === "multi:softprob" ? classCount : 1);
  return Number(params.nthread ?? (cells < CELLS_FOR_THREADS ? 1 : 0));
}

function trainingJob(request: TrainingRequest, library: string): TrainingJob {
  const { X, y, objective, classCount, params, seed, sampleWeight } = request;
  const { n_estimators: rounds, nthread: _, ...rest } = params;
  const settings: [string, string][] = [
    ["verbosity", "0"],
    ["nthread", String(threadsOf(request))],
    ["objective", objective],
    ["seed", String(seed)],
  ];
  if (objective === "multi:softprob") settings.push(["num_class", String(classCount)]);
  for (const [name, value] of Object.entries(rest)) settings.push([name, String(value)]);
  return {
    rowCount: X.rowCount,
    columnCount: X.columnNames.length,
    values: new Float32Array(X.values),
    labels: new Float32Array(y),
    weights: sampleWeight === undefined ? null : new Float32Array(sampleWeight),
    params: settings,
    rounds: Number(rounds),
    library,
  };
}

function powerOf({ params }: TrainingRequest): number {
  return (params.tweedie_variance_power as number | undefined) ?? 1.5;
}

/** Engine "native": an installed libxgboost on all cores, in its own thread. */
import type { Ranks } from "../../../../core/estimator.ts";
import { MlctlError } from "../../../../core/errors.ts";
import type { BestRound, Watch } from "../../train/roundMetrics.ts";
import { type Engine, trainingJob, type TrainingJob, type TrainingRequest, watchJob } from "../engine.ts";
import type { TreeEnsemble } from "../../ensemble.ts";
import { parseJsonModel } from "../../formats/treeFormat.ts";
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
    fit: async (request) => ensembleOf(await run(() => nativeJob(request, library), request)),
    async findRounds(request, watch, keepsModel) {
      const bytes = await run(() => ({ ...watchedJob(request, watch, library), keepsModel }), request);
      const end = bytes.indexOf(LINE_BREAK);
      const best = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as BestRound;
      return keepsModel ? { best, ensemble: ensembleOf(bytes.subarray(end + 1)) } : { best };
    },
  };
}

const LINE_BREAK = 10;

function watchedJob(request: TrainingRequest, watch: Watch, library: string): TrainingJob {
  const job = nativeJob(request, library);
  const power = request.params.tweedie_variance_power ?? 1.5;
  const metric = watch.metric === "tweedie-nloglik" ? `${watch.metric}@${String(power)}` : watch.metric;
  return { ...job, params: { ...job.params, eval_metric: metric }, watch: watchJob(watch, request) };
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
  return train(() => nativeJob(request, library), hooksOf(request));
}

function hooksOf(request: TrainingRequest): TrainingHooks {
  return { ...request, hint: () => 'engine "wasm" needs no installed library', isOnAllCores: threadsOf(request) !== 1 };
}

/** 0: all cores; the same trees. */
function threadsOf({ X, params, classCount, objective }: TrainingRequest): number {
  const cells = X.values.length * (objective === "multi:softprob" ? classCount : 1);
  return Number(params.nthread ?? (cells < CELLS_FOR_THREADS ? 1 : 0));
}

function nativeJob(request: TrainingRequest, library: string): TrainingJob {
  const { X, sampleWeight, takesX } = request;
  const values = takesX === true && X.values instanceof Float32Array ? X.values : new Float32Array(X.values);
  const job = trainingJob(request, values, { verbosity: 0, nthread: threadsOf(request) });
  return { ...job, weights: sampleWeight === undefined ? null : new Float32Array(sampleWeight), library };
}

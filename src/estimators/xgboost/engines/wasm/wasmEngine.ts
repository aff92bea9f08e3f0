/** Engine "wasm": the XGBoost 0.7 of ml-xgboost, in its own thread. */
import { baseMarginOf, hideMissing, parseModel, shortFloat } from "../../formats/treeFormat.ts";
import type { BestRound, Watch } from "../../train/roundMetrics.ts";
import {
  type Engine,
  trainingJob,
  type TrainingJob,
  type TrainingRequest,
  type WatchedFit,
  watchJob,
} from "../engine.ts";
import type { Tree, TreeEnsemble } from "../../ensemble.ts";
import { trainingThread } from "../trainingThread.ts";
import { MlctlError } from "../../../../core/errors.ts";
import { isFloat32 } from "../engineSettings.ts";
import { installHint } from "../native/releases.ts";
import type { Json } from "../../../../core/json.ts";

const train = trainingThread("wasm");

export const wasmEngine = {
  name: "wasm",
  prepare: train.prepare,
  async fit(request: TrainingRequest): Promise<TreeEnsemble> {
    const { scale, params } = weightsAsParams(request);
    const ensemble = parseModel(await trainBinary({ ...request, params }));
    return { ...ensemble, trees: ensemble.trees.map((tree) => withScale(tree, scale)) };
  },
  async findRounds(request: TrainingRequest, watch: Watch): Promise<WatchedFit> {
    const { params } = weightsAsParams(request);
    const makeJob = (): TrainingJob => ({ ...wasmJob({ ...request, params }), watch: watchJob(watch, request) });
    const bytes = await train(makeJob, { ...request, hint });
    return { best: JSON.parse(new TextDecoder().decode(bytes)) as BestRound };
  },
} satisfies Engine;

/** Scales gain and cover to what they would be with weights. */
function withScale(tree: Tree, scale: number): Tree {
  if (scale === 1) return tree;
  const times = (value: number): number => shortFloat(Math.fround(value * scale));
  return { ...tree, gain: tree.gain.map(times), cover: tree.cover.map(times) };
}

/** @returns XGBoost's binary model */
export function trainBinary(request: TrainingRequest): Promise<Uint8Array> {
  return train(() => wasmJob(request), { ...request, hint });
}

function hint(reason: string): string {
  return /memory|alloc/i.test(reason)
    ? "WebAssembly is limited to 2 GB: train on fewer rows or features"
    : "the parameters are valid, so this is probably a bug: please report it with the data and configuration";
}

function wasmJob(request: TrainingRequest): TrainingJob {
  const { X, objective, params } = request;
  const values = hideMissing(X.values);
  return trainingJob(request, values, {
    silent: 1,
    nthread: 1,
    // its name before XGBoost 0.83
    ...(objective === "reg:squarederror" ? { objective: "reg:linear" } : {}),
    // In 0.7 "approx" takes sketch_eps = 1 / max_bin instead of max_bin.
    ...(params.tree_method === "approx" ? { sketch_eps: 1 / Number(params.max_bin) } : {}),
    // 0.7 does not take the logarithm of base_score for this objective.
    ...(objective === "reg:tweedie" ? { base_score: baseMarginOf(Number(params.base_score), objective) } : {}),
    // "hist" aborts if every value is missing.
    ...(values.every((value) => value === -1) ? { tree_method: "exact" } : {}),
  });
}

/** Parameters in units of summed gradients or Hessians: multiplying all weights by c equals dividing these by c. */
const scaledParams = ["reg_lambda", "reg_alpha", "gamma", "min_child_weight"];

/**
 * Expresses class weights as parameters, because ml-xgboost's WebAssembly cannot set sample weights: with weights c and d,
 * gradients and Hessians are c times those with weights 1 and d / c, which is what scale_pos_weight does. The trees are
 * the same up to float32 rounding (and, with hist and approx, up to the position of the bins).
 * @returns the parameters, and the factor that gain and cover must be multiplied by
 * @throws {MlctlError} kind "usage" if weights differ within a class
 */
function weightsAsParams({ y, sampleWeight, objective, params }: TrainingRequest) {
  if (sampleWeight === undefined || sampleWeight.length === 0) return { params, scale: 1 };
  const byClass = new Map<number, number>();
  for (let i = 0; i < y.length; i++) {
    const code = objective === "binary:logistic" ? y[i]! : 0;
    const weight = byClass.get(code) ?? sampleWeight[i]!;
    if (weight !== sampleWeight[i] || !(weight > 0)) {
      const kind = objective === "multi:softprob" ? "several classes" : "single rows";
      const message = `the wasm engine of xgboost supports weights of two classes only, not of ${kind}`;
      throw new MlctlError("usage", message, { hint: installHint() });
    }
    byClass.set(code, weight);
  }
  const scale = byClass.get(0) ?? 1;
  const positive = (byClass.get(1) ?? scale) / scale;
  const scaled: Record<string, Json> = { ...params, scale_pos_weight: (params.scale_pos_weight as number) * positive };
  for (const name of scaledParams) scaled[name] = (params[name] as number) / scale;
  const outside = ["scale_pos_weight", ...scaledParams].find((name) => !isFloat32(scaled[name] as number));
  if (outside !== undefined) {
    const message = `the class weights of xgboost are too different: they make "${outside}" ${String(scaled[outside])}`;
    throw new MlctlError("usage", message, { hint: "use weights between 1e-6 and 1e6" });
  }
  return { params: scaled, scale };
}

/** Engine "wasm": the XGBoost 0.7 of ml-xgboost, in its own thread. */
import { baseMarginOf } from "../../formats/baseMargin.ts";
import type { BestRound, Watch } from "../../train/bestRound.ts";
import type { Engine, TrainingRequest } from "../engine.ts";
import type { Tree, TreeEnsemble } from "../../ensemble.ts";
import { hideMissing, revealMissing } from "./missingAsMinusOne.ts";
import { parseModel } from "../../formats/parseModel.ts";
import { shortFloat } from "../../formats/shortFloat.ts";
import { watchJob, type TrainingJob } from "../trainingJob.ts";
import { trainingThread } from "../trainingThread.ts";
import { weightsAsParams } from "./weightsAsParams.ts";

const train = trainingThread("wasm");

export const wasmEngine = {
  name: "wasm",
  prepare: train.prepare,
  async fit(request: TrainingRequest): Promise<TreeEnsemble> {
    const { scale, params } = weightsAsParams(request);
    const ensemble = parseModel(await trainBinary({ ...request, params }));
    return { ...ensemble, trees: ensemble.trees.map((tree) => scaled(revealMissing(tree), scale)) };
  },
  async findRounds(request: TrainingRequest, watch: Watch): Promise<BestRound> {
    const { params } = weightsAsParams(request);
    const makeJob = (): TrainingJob => ({ ...trainingJob({ ...request, params }), watch: watchJob(watch, request) });
    return JSON.parse(new TextDecoder().decode(await train(makeJob, { ...request, hint }))) as BestRound;
  },
} satisfies Engine;

/** Scales gain and cover to what they would be with weights. */
function scaled(tree: Tree, scale: number): Tree {
  if (scale === 1) return tree;
  const times = (value: number): number => shortFloat(Math.fround(value * scale));
  return { ...tree, gain: tree.gain.map(times), cover: tree.cover.map(times) };
}

/** @returns XGBoost's binary model, before `revealMissing` */
export function trainBinary(request: TrainingRequest): Promise<Uint8Array> {
  return train(() => trainingJob(request), { ...request, hint });
}

function hint(reason: string): string {
  return /memory|alloc/i.test(reason)
    ? "WebAssembly is limited to 2 GB: train on fewer rows or features"
    : "the parameters are valid, so this is probably a bug: please report it with the data and configuration";
}

function trainingJob({ X, y, objective, classCount, params, seed }: TrainingRequest): TrainingJob {
  const { n_estimators: rounds, nthread: _, ...rest } = params; // this engine is single-threaded
  const settings: [string, string][] = [
    ["silent", "1"],
    ["nthread", "1"],
    ["objective", objective === "reg:squarederror" ? "reg:linear" : objective], // its name before XGBoost 0.83
    ["seed", String(seed)],
  ];
  if (objective === "multi:softprob") settings.push(["num_class", String(classCount)]);
  // In 0.7 "approx" takes sketch_eps = 1 / max_bin instead of max_bin.
  if (rest.tree_method === "approx") settings.push(["sketch_eps", String(1 / Number(rest.max_bin))]);
  for (const [name, value] of Object.entries(rest)) settings.push([name, String(value)]);
  // 0.7 does not take the logarithm of base_score for this objective.
  if (objective === "reg:tweedie")
    settings.push(["base_score", String(baseMarginOf(Number(rest.base_score), objective))]);
  const values = hideMissing(X.values);
  // "hist" aborts if every value is missing.
  if (values.every((value) => value === -1)) settings.push(["tree_method", "exact"]);
  return {
    rowCount: X.rowCount,
    columnCount: X.columnNames.length,
    values,
    labels: new Float32Array(y),
    weights: null,
    params: settings,
    rounds: Number(rounds),
  };
}

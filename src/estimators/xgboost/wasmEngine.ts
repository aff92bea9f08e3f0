/** Engine "wasm": the XGBoost 0.7 of ml-xgboost, in a thread of its own. */
import { MlctlError } from "../../core/errors.ts";
import type { Engine, TrainingRequest } from "./engine.ts";
import type { TreeEnsemble } from "./ensemble.ts";
import { hideMissing, revealMissing } from "./missingAsMinusOne.ts";
import { parseModel } from "./parseModel.ts";
import type { TrainingJob } from "./trainingJob.ts";
import { trainingThread } from "./trainingThread.ts";

const train = trainingThread("wasm");

export const wasmEngine = {
  name: "wasm",
  async fit(request: TrainingRequest): Promise<TreeEnsemble> {
    if (request.sampleWeight !== undefined) {
      throw new MlctlError("usage", "the wasm engine of xgboost takes no sample weights", {
        hint: "for two classes, scale_pos_weight weighs the positive one; with libxgboost installed all weights work",
      });
    }
    const ensemble = parseModel(await trainBinary(request));
    return { ...ensemble, trees: ensemble.trees.map(revealMissing) };
  },
} satisfies Engine;

/** XGBoost's binary model, thresholds still hiding −1. */
export function trainBinary(request: TrainingRequest): Promise<Uint8Array> {
  return train(() => trainingJob(request), { ...request, hint });
}

function hint(reason: string): string {
  return /memory|alloc/i.test(reason)
    ? "WebAssembly holds 2 GB: train on fewer rows or features"
    : "the parameters were checked: please report this with the data and configuration";
}

function trainingJob({ X, y, objective, classCount, params, seed }: TrainingRequest): TrainingJob {
  const { n_estimators: rounds, nthread: _, ...rest } = params; // it has one thread
  const settings: [string, string][] = [
    ["silent", "1"],
    ["nthread", "1"],
    ["objective", objective === "reg:squarederror" ? "reg:linear" : objective], // its name before XGBoost 0.83
    ["seed", String(seed)],
  ];
  if (objective === "multi:softprob") settings.push(["num_class", String(classCount)]);
  // What max_bin is to the others, the inverse of sketch_eps was to "approx".
  if (rest.tree_method === "approx") settings.push(["sketch_eps", String(1 / Number(rest.max_bin))]);
  for (const [name, value] of Object.entries(rest)) settings.push([name, String(value)]);
  const values = hideMissing(X.values);
  // "hist" aborts where there is nothing to put into bins.
  if (values.every((value) => value === -1)) settings.push(["tree_method", "exact"]);
  return {
    rowCount: X.rowCount,
    columnCount: X.columnNames.length,
    values,
    labels: new Float32Array(y),
    weights: null,
    params: settings,
    rounds: Number(rounds),
    library: null,
  };
}

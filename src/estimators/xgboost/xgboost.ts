/** XGBoost: gradient-boosted trees, with native support for missing values. */
import type { Estimator, FitOptions } from "../../core/estimator.ts";
import { MlctlError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import { requireFeatures } from "../../core/onnx.ts";
import type { Matrix } from "../../core/table/table.ts";
import { ofWidth, requireWidth, resolveParams, requireFloat32 } from "../fittedState.ts";
import { engineSettings } from "./engines/engineSettings.ts";
import { installHint } from "./engines/native/releases.ts";
import { readEnsemble, type TreeEnsemble, checkTarget, objectiveOf } from "./ensemble.ts";
import { exportJsonModel } from "./formats/exportJsonModel.ts";
import { ensembleNodes } from "./formats/onnxNodes.ts";
import { stopEarly } from "./train/stopEarly.ts";
import { treePredictor } from "./predict/treePredictor.ts";
import { treeShap } from "./predict/treeShap.ts";
import { xgboostParams } from "./xgboostParams.ts";

export const xgboost = {
  family: "xgboost",
  description: "gradient-boosted trees",
  tasks: ["regression", "binary", "multiclass"],
  params: xgboostParams,
  needs: { complete: false, standardized: false, float32: true },
  importanceUnit: { key: "share_of_gain", label: "Share of the total gain" },

  prepare({ engine = "auto" }) {
    const chosen = import("./engines/chooseEngine.ts").then(({ chooseEngine }) => chooseEngine(engine as string));
    chosen.then(({ prepare }) => prepare()).catch(() => {}); // the fit reports an engine that cannot be used
  },

  async remarks({ engine = "auto" }) {
    if (engine !== "auto") return { warnings: [], notes: [] };
    const { describeRefusal, nativeLibraries } = await import("./engines/chooseEngine.ts");
    const { used, refused } = await nativeLibraries();
    const engineUsed = used === null ? "WebAssembly" : used.path;
    return {
      warnings: refused.map((library) => `xgboost trained with ${engineUsed}: ${describeRefusal(library)}`),
      notes: used === null ? [`xgboost trained in WebAssembly; ${installHint()}, which is several times faster`] : [],
    };
  },

  async fit(X, y, options) {
    const { task, classCount, onProgress, watch } = options;
    const { params, engine, request } = await prepareFit(X, y, options);
    const willStop = params.early_stopping_rounds !== null && params.best_iteration === null;
    const part = (from: number, to: number) => (share: number) => onProgress?.(from + share * (to - from));
    const first = { ...request, onProgress: part(0, 0.5) };
    const watched = willStop ? await stopEarly(engine, first, params, watch) : undefined;
    const bestIteration = watched?.best.iteration ?? (params.best_iteration as number | null);
    const rounds = Math.min(params.n_estimators as number, (bestIteration ?? Infinity) + 1);
    const state =
      watched?.ensemble === undefined
        ? await engine.fit({
            ...request,
            params: { ...request.params, n_estimators: rounds },
            takesX: options.takesX,
            onProgress: part(willStop ? 0.5 : 0, 1),
          })
        : firstRounds(watched.ensemble, rounds, params);
    // Record the engine: "auto" could choose another one on another machine and train a different model.
    const resolved = { ...params, engine: engine.name, best_iteration: bestIteration };
    const featureNames = X.columnNames;
    const trainedBy = { engine: engine.name, ...(request.ranks && { ranks: request.ranks.count }) };
    return { family: "xgboost", params: resolved, ...trainedBy, featureNames, task, classCount, state };
  },

  load: (fitted) => ofWidth(fitted, treePredictor(readEnsemble(fitted)).predict),

  contributions(fitted, X, outputs?: number) {
    requireWidth(X, fitted);
    return treeShap(readEnsemble(fitted), X, outputs);
  },

  stages: {
    param: "n_estimators",
    shares: ({ early_stopping_rounds: patience = null, best_iteration: best = null }) =>
      patience === null && best === null,
    /** Each round depends only on earlier rounds, so the first ones equal a shorter fit. */
    first(fitted, rounds) {
      const state = firstRounds(readEnsemble(fitted), rounds, fitted.params);
      return { ...fitted, params: { ...fitted.params, n_estimators: rounds }, state };
    },
  },

  exports: { "xgboost-json": (fitted) => exportJsonModel(readEnsemble(fitted), fitted.featureNames, fitted.params) },

  toOnnx: (graph, fitted, input) => ensembleNodes(graph, readEnsemble(fitted), requireFeatures(input)),

  /** Share of the total gain of all splits on a feature, over all trees; sums to 1 unless no tree splits. */
  importance(fitted) {
    const gains = new Float64Array(fitted.featureNames.length);
    let total = 0;
    for (const { feature, gain } of readEnsemble(fitted).trees) {
      feature.forEach((column, node) => {
        if (column < 0) return;
        gains[column]! += gain[node]!;
        total += gain[node]!;
      });
    }
    return total > 0 ? gains.map((gain) => gain / total) : gains;
  },
} satisfies Estimator;

function firstRounds({ trees, ...ensemble }: TreeEnsemble, rounds: number, params: JsonObject): TreeEnsemble {
  const treesPerRound = ensemble.outputCount * Number(params.num_parallel_tree ?? 1);
  return { ...ensemble, trees: trees.slice(0, rounds * treesPerRound) };
}

/** Validates data and parameters, and turns them into a request to the engine. */
async function prepareFit(X: Matrix, y: Float64Array, options: FitOptions) {
  const { task, classCount, params: given, onProgress: _progress, watch: _watch, takesX: _takes, ...common } = options;
  const params = resolveParams(xgboostParams, given, "xgboost");
  const objective = objectiveOf(params, task);
  // XGBoost splits infinite values wrongly ((−∞ + x) / 2 is not a threshold) and uses float32.
  if (X.rowCount === 0 || X.columnNames.length === 0)
    throw new MlctlError("data", "xgboost has no rows or no features to train on");
  requireFloat32(X, y, "xgboost");
  checkTarget(y, objective);
  const ranks = params.engine === "wasm" ? undefined : options.ranks;
  const { chooseEngine } = await import("./engines/chooseEngine.ts"); // loads the engines, which prediction does not need
  const engine = await chooseEngine(params.engine as string, ranks);
  const shape = { rowCount: X.rowCount, featureNames: X.columnNames };
  const context = { engine: engine.name, isDistributed: ranks !== undefined, objective, ...shape };
  const request = { ...common, ranks, X, y, objective, classCount, params: engineSettings(params, context) };
  return { params, engine, request };
}

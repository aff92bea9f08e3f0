/** A row reaches the same leaf in prediction as in training, for any values. */
import xgboostModule from "ml-xgboost/dist/wasm/xgboost.js";
import { beforeAll, describe, expect, it } from "vitest";
import type { Matrix } from "../../core/table/table.ts";
import { random } from "../../core/random.ts";
import type { TrainingRequest } from "./engines/engine.ts";
import { engineSettings } from "./engines/engineSettings.ts";
import type { Objective } from "./ensemble.ts";
import { trainBinary } from "./engines/wasm/wasmEngine.ts";
import { hideMissing, parseModel, revealMissing } from "./formats/treeFormat.ts";
import { ready } from "./engines/wasm/trainInMemory.ts";
import { treePredictor } from "./predict/treePredictor.ts";
import { leavesOf } from "../../testing/importModel.ts";
import { xgboostParams } from "./xgboostParams.ts";

const WIDTH = 4;
const CASES = 40;
const defaults = Object.fromEntries(xgboostParams.map((spec) => [spec.name, spec.default]));

beforeAll(async () => {
  const listeners = process.listeners("uncaughtException");
  await ready(() => undefined);
  for (const listener of listeners) process.on("uncaughtException", listener); // the test runner's
});

/** Typical columns: multiples of 0.5 (so that values hit thresholds), −1, missing values and a one-hot pair. */
function matrix(seed: number, rowCount: number, extra: readonly number[] = []): Matrix {
  const { uniform, integer, normal } = random(seed);
  const values = new Float64Array(rowCount * WIDTH);
  for (let i = 0; i < rowCount; i++) {
    const category = integer(3); // 2 is an unseen category: both 0
    const free = (): number => {
      const kind = uniform();
      if (kind < 0.15) return Number.NaN;
      if (kind < 0.35) return -1;
      if (kind < 0.4) return Math.fround(-1 + (integer(5) - 2) * 2 ** -24);
      if (kind < 0.6 && extra.length > 0) return extra[integer(extra.length)]!;
      return kind < 0.8 ? (integer(9) - 4) / 2 : normal();
    };
    values.set([free(), free(), category === 0 ? 1 : 0, category === 1 ? 1 : 0], i * WIDTH);
  }
  return { rowCount, columnNames: ["a", "b", "red", "blue"], values };
}

function request(seed: number, treeMethod: string, objective: Objective): TrainingRequest {
  const X = matrix(seed, 60);
  const { normal } = random(seed + 1_000_000);
  const y = Float64Array.from({ length: 60 }, (_, i) => {
    const [a, b, red] = X.values.subarray(i * WIDTH, i * WIDTH + 3) as unknown as [number, number, number];
    const score = (Number.isNaN(a) ? 1 : a) - (b === -1 ? 2 : 0) + red + normal();
    return objective === "reg:squarederror" ? score : objective === "binary:logistic" ? +(score > 0) : i % 3;
  });
  const rounds = 1 + (seed % 3);
  const featureNames = X.columnNames;
  const params = engineSettings(
    { ...defaults, tree_method: treeMethod, n_estimators: rounds, max_depth: 4, min_child_weight: 0.1 },
    { engine: "wasm", objective, rowCount: X.rowCount, featureNames },
  );
  return { X, y, objective, classCount: objective === "multi:softprob" ? 3 : 0, params, seed };
}

/** Predictions of the engine itself, row by row through its C interface. */
function enginePredictions(bytes: Uint8Array, X: Matrix, outputs: number): number[] {
  const { _malloc: allocate, _free: free, _load_model: loadModel, _predict_one: predictOne } = xgboostModule;
  const address = allocate(Math.max(bytes.length, 4 * (WIDTH + outputs)));
  xgboostModule.HEAPU8.set(bytes, address);
  const model = loadModel(address, bytes.length);
  const hidden = hideMissing(X.values);
  const predictions: number[] = [];
  for (let i = 0; i < X.rowCount; i++) {
    xgboostModule.HEAPF32.set(hidden.subarray(i * WIDTH, (i + 1) * WIDTH), address / 4);
    expect(predictOne(model, address, WIDTH, address + 4 * WIDTH)).toBe(outputs);
    for (let k = 0; k < outputs; k++) predictions.push(xgboostModule.HEAPF32[address / 4 + WIDTH + k]!);
  }
  free(address);
  return predictions;
}

describe.each(["exact", "hist", "approx"])("%s", (treeMethod) => {
  it("every leaf gets the same rows in prediction as in training", async () => {
    for (let seed = 1; seed <= CASES; seed++) {
      const job = request(seed, treeMethod, "reg:squarederror");
      const { trees } = parseModel(await trainBinary(job));
      const leaves = leavesOf(trees, job.X);
      const margin = new Float64Array(60).fill(0.5);
      trees.forEach((tree, t) => {
        const rows = Array.from(margin, (_, i) => i);
        tree.feature.forEach((column, leaf) => {
          if (column !== -1) return;
          const own = rows.filter((i) => leaves[i * trees.length + t] === leaf);
          // cover is the number of training rows; the leaf value is −0.3 Σ gradient / (rows + reg_lambda)
          expect(own.length, `seed ${seed}, tree ${t}, leaf ${leaf}`).toBe(tree.cover[leaf]);
          const gradient = own.reduce((sum, i) => sum + margin[i]! - job.y[i]!, 0);
          expect(tree.value[leaf]).toBeCloseTo((-0.3 * gradient) / (own.length + 1), 5); // float32 sums in training
        });
        rows.forEach((i) => (margin[i]! += tree.value[leaves[i * trees.length + t]!]!));
      });
    }
  });

  it.each([
    ["reg:squarederror", 1],
    ["binary:logistic", 1],
    ["multi:softprob", 3],
  ] as const)("unseen rows get the same predictions as from the engine (%s)", async (objective, outputs) => {
    for (let seed = 1; seed <= CASES; seed++) {
      const bytes = await trainBinary(request(seed, treeMethod, objective));
      const ensemble = parseModel(bytes);
      const thresholds = ensemble.trees.flatMap((tree) => tree.value.filter((_, node) => tree.feature[node] !== -1));
      const X = matrix(seed + 500, 100, [...thresholds, Infinity, -Infinity, 0, 1e300]);
      const ours = treePredictor(ensemble).predict(X);
      // margins are equal to the last bit; sigmoid and softmax are float32 in the engine and float64 here
      enginePredictions(bytes, X, outputs).forEach((value, i) => expect(Math.abs(ours[i]! - value)).toBeLessThan(3e-7));
    }
  });
});

it("treats −1 as a number: right of a threshold of −1, left of the next float32", () => {
  const [below, above] = [Math.fround(-1 - 2 ** -23), -1 + 2 ** -24];
  expect([...hideMissing(Float64Array.of(-1, below, above, Number.NaN))]).toEqual([below, below, above, -1]);
  for (const threshold of [below, -1, above]) {
    const tree = { feature: [0, -1, -1], value: [threshold, 1, 2], left: [1, 0, 0], missingLeft: [1, 0, 0] };
    const shown = revealMissing({ ...tree, gain: [1, 0, 0], cover: [3, 1, 2] });
    for (const value of [-2, below, -1, above, 0]) {
      expect(value < shown.value[0]!).toBe(hideMissing(Float64Array.of(value))[0]! < threshold);
    }
  }
});

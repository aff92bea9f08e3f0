/** Our predictor compared with libxgboost through Python: missing values, thresholds, each kind of objective. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Matrix } from "../../core/table/table.ts";
import { random } from "../../core/random.ts";
import { hasPython, python } from "../../testing/python.ts";
import type { TrainingRequest } from "./engines/engine.ts";
import { engineSettings } from "./engines/engineSettings.ts";
import type { Objective } from "./ensemble.ts";
import { findLibraries } from "./engines/native/findLibrary.ts";
import { trainJson } from "./engines/native/nativeEngine.ts";
import { parseJsonModel } from "./formats/treeFormat.ts";
import { treePredictor } from "./predict/treePredictor.ts";
import { xgboostParams } from "./xgboostParams.ts";

const WIDTH = 4;
const library = findLibraries()[0]?.path ?? null;
const canCompare = hasPython("xgboost");
const defaults = Object.fromEntries(xgboostParams.map((spec) => [spec.name, spec.default]));
const folder = mkdtempSync(join(tmpdir(), "mlctl-native-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Multiples of 0.5 (so that values hit thresholds), −1 and missing values. */
function matrix(seed: number, rowCount: number, extra: readonly number[] = []): Matrix {
  const { uniform, integer, normal } = random(seed);
  const values = Float64Array.from({ length: rowCount * WIDTH }, () => {
    const kind = uniform();
    if (kind < 0.15) return Number.NaN;
    if (kind < 0.25) return -1;
    if (kind < 0.5 && extra.length > 0) return extra[integer(extra.length)]!;
    return kind < 0.8 ? (integer(9) - 4) / 2 : normal();
  });
  return { rowCount, columnNames: ["a", "b", "c", "d"], values };
}

function request(treeMethod: string, objective: Objective): TrainingRequest {
  const X = matrix(1, 400);
  const { normal } = random(2);
  const y = Float64Array.from({ length: 400 }, (_row, i) => {
    const [a, b] = [X.values[i * WIDTH]!, X.values[i * WIDTH + 1]!];
    const score = (Number.isNaN(a) ? 1 : a) - (b === -1 ? 2 : 0) + normal();
    return objective === "reg:squarederror" ? score : objective === "binary:logistic" ? +(score > 0) : i % 3;
  });
  const featureNames = X.columnNames;
  const params = engineSettings(
    { ...defaults, tree_method: treeMethod, n_estimators: 30, base_score: 0.3 },
    { engine: "native", objective, rowCount: X.rowCount, featureNames },
  );
  return { X, y, objective, classCount: objective === "multi:softprob" ? 3 : 0, params, seed: 1 };
}

/** xgb.Booster(model_file=…).predict(…) on float64 rows. */
function pythonPredictions(model: Uint8Array, X: Matrix): number[] {
  const [modelFile, rowsFile] = [join(folder, "model.json"), join(folder, "rows.bin")];
  writeFileSync(modelFile, model);
  writeFileSync(rowsFile, X.values);
  const code = `
import json, sys, numpy, xgboost
X = numpy.fromfile(sys.argv[2]).reshape(-1, ${WIDTH})
predictions = xgboost.Booster(model_file=sys.argv[1]).predict(xgboost.DMatrix(X))
print(json.dumps(predictions.astype(float).ravel().tolist()))`;
  return JSON.parse(python(code, modelFile, rowsFile)) as number[];
}

describe.skipIf(library === null || !canCompare)("native engine (needs libxgboost and Python's xgboost)", () => {
  describe.each(["exact", "hist", "approx"])("%s", (treeMethod) => {
    it.each(["reg:squarederror", "binary:logistic", "multi:softprob"] as const)(
      "unseen rows get the same predictions as from the library (%s)",
      async (objective) => {
        const model = await trainJson(request(treeMethod, objective), library!);
        const ensemble = parseJsonModel(model);
        const thresholds = ensemble.trees.flatMap((tree) => tree.value.filter((_v, node) => tree.feature[node] !== -1));
        const X = matrix(3, 500, [...thresholds.map(Math.fround), 0]);
        const ours = treePredictor(ensemble).predict(X);
        const theirs = pythonPredictions(model, X);
        expect(theirs).toHaveLength(ours.length);
        // margins are float32 sums in the same order; sigmoid and softmax are float32 there and float64 here
        theirs.forEach((value, i) => expect(Math.abs(ours[i]! - value)).toBeLessThan(1e-6));
      },
    );
  });
});

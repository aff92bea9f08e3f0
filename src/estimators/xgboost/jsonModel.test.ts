/** Model files to and from Python's xgboost, with equal predictions in both directions. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { FittedEstimator } from "../../core/estimator.ts";
import type { Matrix, Task } from "../../core/table/table.ts";
import { random } from "../../core/random.ts";
import { hasPython, python } from "../../testing/python.ts";
import { importModel } from "../../testing/importModel.ts";
import { xgboost } from "./xgboost.ts";

const canCompare = hasPython("xgboost, sklearn");
const folder = mkdtempSync(join(tmpdir(), "mlctl-json-"));
const [modelFile, rowsFile] = [join(folder, "model.json"), join(folder, "rows.bin")];
afterAll(() => rmSync(folder, { recursive: true }));

const columnNames = ["a", "b [kg]", "b <kg]", "d"];
const WIDTH = columnNames.length;

/** 300 rows with missing values; −1 is an ordinary number. */
function matrix(seed: number): Matrix {
  const { uniform, normal } = random(seed);
  const values = Float64Array.from({ length: 300 * WIDTH }, () => {
    const kind = uniform();
    return kind < 0.1 ? Number.NaN : kind < 0.2 ? -1 : normal();
  });
  return { rowCount: 300, columnNames, values };
}

const pythonOnFiles = (code: string): string => python(code, modelFile, rowsFile);

async function fitted(task: Task, engine: string): Promise<FittedEstimator> {
  const X = matrix(1);
  const y = Float64Array.from({ length: 300 }, (_, i) => {
    const score = (X.values[i * WIDTH]! || 0) - (X.values[i * WIDTH + 1]! || 0);
    return task === "regression" ? score : task === "binary" ? +(score > 0) : +(score > -1) + +(score > 1);
  });
  const params = { engine, n_estimators: 10, base_score: 0.97 };
  return xgboost.fit(X, y, { task, classCount: { regression: 0, binary: 2, multiclass: 3 }[task], params, seed: 1 });
}

function expectEqual(ours: Float64Array, theirs: readonly number[]): void {
  expect(theirs).toHaveLength(ours.length);
  // equal margins; Python's sigmoid and softmax are float32
  theirs.forEach((value, i) => expect(Math.abs(ours[i]! - value)).toBeLessThan(1e-6));
}

describe.skipIf(!canCompare)("XGBoost's JSON model (needs Python's xgboost)", () => {
  describe.each(["regression", "binary", "multiclass"] as const)("%s", (task) => {
    it.each(["wasm", "auto"])("gives the same predictions in Python (engine %s)", async (engine) => {
      const model = await fitted(task, engine);
      writeFileSync(modelFile, xgboost.exports["xgboost-json"](model));
      const X = matrix(2);
      writeFileSync(rowsFile, X.values);
      const output = pythonOnFiles(`
import json, sys, numpy, xgboost
X = numpy.fromfile(sys.argv[2]).reshape(-1, ${WIDTH})
booster = xgboost.Booster(model_file=sys.argv[1])
by_booster = booster.predict(xgboost.DMatrix(X, feature_names=["a", "b _kg_", "b _kg__2", "d"]))
wrapper = xgboost.XGB${task === "regression" ? "Regressor" : "Classifier"}()
wrapper.load_model(sys.argv[1])
by_wrapper = ${task === "regression" ? "wrapper.predict(X)" : "wrapper.predict_proba(X)"}
assert numpy.array_equal(by_booster, by_wrapper${task === "binary" ? "[:, 1]" : ""})
gain = booster.get_score(importance_type="total_gain")
print(json.dumps([by_booster.astype(float).ravel().tolist(), [gain.get(f, 0) for f in booster.feature_names]]))`);
      const [values, gains] = JSON.parse(output) as [number[], number[]];
      expectEqual(xgboost.load(model).predict(X), values);
      const total = gains.reduce((sum, gain) => sum + gain, 0);
      // float32 sums of about a hundred gains
      xgboost.importance(model).forEach((share, j) => expect(share).toBeCloseTo(gains[j]! / total, 5));
    });

    it("is unchanged after export and import", async () => {
      const model = await fitted(task, "wasm");
      const again = importModel(new TextEncoder().encode(xgboost.exports["xgboost-json"](model)));
      expect(again).toMatchObject({ task, classCount: model.classCount, state: model.state });
    });
  });

  it.each([
    ["regression", "XGBRegressor(n_estimators=15, gamma=1, base_score=2)"],
    ["regression", "XGBRegressor(n_estimators=15, tree_method='hist', objective='reg:absoluteerror')"],
    ["regression", "XGBRFRegressor(n_estimators=15)"],
    ["binary", "XGBClassifier(n_estimators=15, max_depth=3, base_score=0.2)"],
    ["multiclass", "XGBClassifier(n_estimators=15, num_parallel_tree=2, subsample=0.5, base_score=0.5)"],
  ] as const)("from Python gives the same predictions when imported: %s by %s", (task, estimator) => {
    const X = matrix(3);
    writeFileSync(rowsFile, X.values);
    const output = pythonOnFiles(`
import json, sys, numpy, xgboost
X = numpy.fromfile(sys.argv[2]).reshape(-1, ${WIDTH})
y = numpy.nan_to_num(X[:, 0]) - numpy.nan_to_num(X[:, 1])
y = ${{ regression: "y", binary: "y > 0", multiclass: "numpy.digitize(y, [-1, 1])" }[task]}
model = xgboost.${estimator}.fit(X, y)
model.save_model(sys.argv[1])
print(json.dumps(model.get_booster().predict(xgboost.DMatrix(X)).astype(float).ravel().tolist()))`);
    const model = importModel(readFileSync(modelFile));
    expect(model).toMatchObject({ task, featureNames: ["f0", "f1", "f2", "f3"] });
    expectEqual(xgboost.load(model).predict(X), JSON.parse(output) as number[]);
  });
});

describe("importModel", () => {
  const read = (text: string): unknown => importModel(new TextEncoder().encode(text));
  const minimal = async (): Promise<Record<string, never>> =>
    JSON.parse(xgboost.exports["xgboost-json"](await fitted("binary", "wasm"))) as Record<string, never>;

  it("rejects files that are not a model, with the reason", () => {
    expect(() => read("tree")).toThrow("cannot read the XGBoost model: Unexpected token");
  });

  it("rejects unsupported objectives and base scores", async () => {
    const { learner } = (await minimal()) as unknown as { learner: Record<string, Record<string, unknown>> };
    const other = (part: object): string => JSON.stringify({ learner: { ...learner, ...part } });
    expect(() => read(other({ objective: { name: "rank:ndcg" } }))).toThrow('objective "rank:ndcg" is not supported');
    const settings = learner.learner_model_param!;
    expect(() => read(other({ learner_model_param: { ...settings, base_score: "[5E-1,1E-1]" } }))).toThrow(
      "base score",
    );
    expect(read(other({ learner_model_param: { ...settings, base_score: "[5E-1]" } }))).toMatchObject({
      state: { baseMargin: 0 },
    });
  });
});

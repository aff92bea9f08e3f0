/** Every objective compared with Python's xgboost: predictions, contributions and the model file. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FittedEstimator } from "../../core/estimator.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Matrix, Task } from "../../core/table/table.ts";
import { random } from "../../core/random.ts";
import { hasPython, python } from "../../testing/python.ts";
import { findLibraries } from "./engines/native/findLibrary.ts";
import { importModel } from "../../testing/importModel.ts";
import { installHint } from "./engines/native/releases.ts";
import { objectives, type Objective } from "./ensemble.ts";
import { xgboost } from "./xgboost.ts";

const canCompare = hasPython("xgboost");
const hasNative = findLibraries().length > 0;
const folder = mkdtempSync(join(tmpdir(), "mlctl-objectives-"));
afterAll(() => rmSync(folder, { recursive: true }));

const ROWS = 300;
const { normal, uniform } = random(5);
const X: Matrix = {
  rowCount: ROWS,
  columnNames: ["a", "b", "c"],
  values: Float64Array.from({ length: ROWS * 3 }, () => (uniform() < 0.1 ? Number.NaN : normal())),
};
/** Above 0; rounded for counts. */
const amount = Float64Array.from({ length: ROWS }, (_, i) =>
  Math.exp((X.values[3 * i]! || 0) - 0.5 * (X.values[3 * i + 1]! || 0) + 0.5 * normal()),
);
const targets: Readonly<Record<Task, Float64Array>> = {
  regression: amount,
  binary: amount.map((value) => +(value > 1)),
  multiclass: amount.map((value) => +(value > 0.7) + +(value > 1.5)),
};

const cases: readonly (readonly [Objective, JsonObject])[] = [
  ["reg:squarederror", {}],
  ["reg:squaredlogerror", {}],
  ["reg:pseudohubererror", { huber_slope: 0.5 }],
  ["reg:absoluteerror", {}],
  ["reg:absoluteerror", { base_score: 0.3 }],
  ["count:poisson", {}],
  ["count:poisson", { max_delta_step: 0.2, base_score: 2 }],
  ["reg:gamma", { reg_lambda: 3 }],
  ["reg:tweedie", {}],
  ["reg:tweedie", { tweedie_variance_power: 1.2, base_score: 2 }],
  ["binary:logistic", { scale_pos_weight: 3 }],
  ["multi:softprob", { num_parallel_tree: 2, learning_rate: 0.1 }],
];

function fit(objective: Objective, params: JsonObject, engine: string): Promise<FittedEstimator> {
  const { task } = objectives[objective];
  const classCount = { regression: 0, binary: 2, multiclass: 3 }[task];
  const all = { engine, objective, n_estimators: 20, max_depth: 3, ...params };
  return xgboost.fit(X, targets[task], { task, classCount, params: all, seed: 1 });
}

interface Expected {
  readonly predictions: readonly number[];
  readonly contributions: readonly number[];
}

/** In one process: xgboost.train for each case, its predict, and its pred_contribs. */
function pythonExpected(): Expected[] {
  const file = join(folder, "rows.bin");
  const ys = cases.map(([objective]) => targets[objectives[objective].task]);
  writeFileSync(file, Buffer.concat([X.values, ...ys].map((part) => Buffer.from(part.buffer))));
  const code = `
import sys, json, numpy, xgboost
data = numpy.fromfile(sys.argv[1])
X, targets = data[:${ROWS * 3}].reshape(-1, 3), data[${ROWS * 3}:].reshape(-1, ${ROWS})
def predictions(params, y):
    rows = xgboost.DMatrix(X, y)
    if params["objective"] == "multi:softprob": params["num_class"] = 3
    # Since 2.0 XGBoost estimates a missing base_score from the data; mlctl allows that for this objective only.
    if params["objective"] != "reg:absoluteerror": params = dict(base_score=0.5) | params
    booster = xgboost.train(dict(max_depth=3, tree_method="exact", nthread=1, **params), rows, 20)
    flat = lambda values: values.astype(float).ravel().tolist()
    return dict(predictions=flat(booster.predict(rows)), contributions=flat(booster.predict(rows, pred_contribs=True)))
cases = json.loads('${JSON.stringify(cases.map(([objective, params]) => ({ objective, ...params })))}')
print(json.dumps([predictions(params, y) for params, y in zip(cases, targets)]))`;
  return JSON.parse(python(code, file)) as Expected[];
}

let expected: readonly Expected[] = [];
beforeAll(() => {
  if (canCompare) expected = pythonExpected();
});

/** Predictions reach 10 and are float32 sums, so the tolerance is relative above 1. */
function expectClose(ours: Float64Array, theirs: readonly number[], tolerance: number): void {
  expect(ours).toHaveLength(theirs.length);
  const off = theirs.map((value, i) => Math.abs(ours[i]! - value) / Math.max(1, Math.abs(value)));
  expect(Math.max(...off)).toBeLessThan(tolerance);
}

describe.skipIf(!canCompare).each(["wasm", "native"])("objectives of xgboost, engine %s", (engine) => {
  const known = cases
    .map((each, at) => [...each, at] as const)
    .filter(([objective]) => (engine === "wasm" ? !objectives[objective].nativeOnly : hasNative));

  it.each(known)(
    "gives the same predictions and contributions as Python's xgboost: %s %o",
    async (objective, params, at) => {
      const fitted = await fit(objective, params, engine);
      const { predictions, contributions } = expected[at]!;
      expectClose(xgboost.load(fitted).predict(X), predictions, 1e-6);
      const { values, baseValues, outputCount } = xgboost.contributions(fitted, X);
      const ours = Float64Array.from({ length: ROWS * outputCount * 4 }, (_, i) =>
        i % 4 === 3 ? baseValues[((i - 3) / 4) % outputCount]! : values[Math.floor(i / 4) * 3 + (i % 4)]!,
      );
      // pred_contribs sums in float32
      expectClose(ours, contributions, 1e-5);
    },
  );
});

describe.skipIf(!canCompare || !hasNative)("the model file of an objective", () => {
  it("gives the same predictions in Python and is unchanged after import", async () => {
    const models = await Promise.all(cases.map(([objective, params]) => fit(objective, params, "native")));
    const files = models.map((model, at) => {
      const file = join(folder, `model${at}.json`);
      writeFileSync(file, xgboost.exports["xgboost-json"](model));
      return file;
    });
    const code = `
import sys, json, numpy, xgboost
X = numpy.fromfile(sys.argv[1])[:${ROWS * 3}].reshape(-1, 3)
rows = xgboost.DMatrix(X, feature_names=["a", "b", "c"])
boosters = [xgboost.Booster(model_file=file) for file in sys.argv[2:]]
saved = [json.loads(booster.save_config())["learner"]["objective"] for booster in boosters]
print(json.dumps([saved, [booster.predict(rows).astype(float).ravel().tolist() for booster in boosters]]))`;
    const [saved, predictions] = JSON.parse(python(code, join(folder, "rows.bin"), ...files)) as [
      Record<string, unknown>[],
      number[][],
    ];
    cases.forEach(([objective], at) => {
      expect(saved[at]!.name).toBe(objective);
      expectClose(xgboost.load(models[at]!).predict(X), predictions[at]!, 1e-6);
      const again = importModel(new TextEncoder().encode(xgboost.exports["xgboost-json"](models[at]!)));
      expect(again).toMatchObject({ task: models[at]!.task, state: models[at]!.state });
    });
    expect(saved[9]).toMatchObject({ tweedie_regression_param: { tweedie_variance_power: "1.20000005" } });
    expect(saved[2]).toMatchObject({ pseudo_huber_param: { huber_slope: "0.5" } });
  });
});

describe("rejected settings", () => {
  const expectRejected = async (task: Task, params: JsonObject, message: string, hint?: string): Promise<void> => {
    const classCount = { regression: 0, binary: 2, multiclass: 3 }[task];
    const fitted = xgboost.fit(X, targets[task], { task, classCount, params: { engine: "wasm", ...params }, seed: 1 });
    await expect(fitted).rejects.toMatchObject({ kind: "usage", message: expect.stringContaining(message) as string });
    if (hint !== undefined)
      await expect(fitted).rejects.toMatchObject({ hint: expect.stringContaining(hint) as string });
  };

  it("objective, metric, base score or class weight of another task", async () => {
    await expectRejected(
      "binary",
      { objective: "reg:gamma" },
      'parameter "objective" of xgboost is reg:gamma',
      "allowed for binary classification: binary:logistic",
    );
    await expectRejected(
      "regression",
      { eval_metric: "auc" },
      'parameter "eval_metric" of xgboost is auc',
      "allowed for regression: rmse",
    );
    await expectRejected("regression", { objective: "reg:gamma", base_score: 0 }, 'parameter "base_score"', "above 0");
    await expectRejected("multiclass", { scale_pos_weight: 2 }, 'parameter "scale_pos_weight"', "train.class_weight");
    await expectRejected("regression", { objective: "reg:gama" }, "gama", 'did you mean "reg:gamma"?');
  });

  it("an objective that needs the native engine", async () => {
    await expectRejected(
      "regression",
      { objective: "reg:absoluteerror" },
      'the wasm engine of xgboost does not support objective "reg:absoluteerror"',
      installHint(),
    );
  });

  it("a target value that the objective does not support, by row", async () => {
    const y = amount.with(4, 0);
    const fitted = xgboost.fit(X, y, {
      task: "regression",
      classCount: 0,
      params: { objective: "reg:gamma" },
      seed: 1,
    });
    await expect(fitted).rejects.toMatchObject({
      kind: "data",
      message: "xgboost objective reg:gamma needs a target above 0, but row 5 has 0",
    });
  });
});

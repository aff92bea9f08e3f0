import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { FitOptions, FittedEstimator } from "../../core/estimator.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Matrix, Task } from "../../core/table/table.ts";
import { random } from "../../core/random.ts";
import type { TreeEnsemble } from "./ensemble.ts";
import { findLibraries } from "./engines/native/findLibrary.ts";
import { installHint } from "./engines/native/releases.ts";
import { xgboost } from "./xgboost.ts";

// The same data in Python; NaN is missing, −1 is an ordinary number:
//   i, j = np.ogrid[0:200, 0:4]
//   X = (i * i * 31 + i * 17 * (j + 1) ** 2 + j * 97) % 1009 / 1009 - 0.5
//   noise = np.arange(200) * 389 % 1009 / 1009 - 0.5
//   s = 2 * X[:, 0] - X[:, 1] + X[:, 2] * X[:, 3] * 4 + noise
//   two = (s > 0).astype(int); three = np.digitize(s, [-0.6, 0.5])
//   X[(i * 7 + j * 3) % 11 == 0] = np.nan; X[(i * 5 + j * 2) % 13 == 0] = -1
//   p = dict(n_estimators=20, tree_method="exact", n_jobs=1)
const rowCount = 200;
const complete = (i: number, j: number): number => ((i * i * 31 + i * 17 * (j + 1) ** 2 + j * 97) % 1009) / 1009 - 0.5;
const score = Float64Array.from({ length: rowCount }, (_, i) => {
  const noise = ((i * 389) % 1009) / 1009 - 0.5;
  return 2 * complete(i, 0) - complete(i, 1) + complete(i, 2) * complete(i, 3) * 4 + noise;
});
const two = score.map((value) => (value > 0 ? 1 : 0));
const three = score.map((value) => (value >= 0.5 ? 2 : value >= -0.6 ? 1 : 0));
const X: Matrix = {
  rowCount,
  columnNames: ["a", "b", "c", "d"],
  values: Float64Array.from({ length: rowCount * 4 }, (_, at) => {
    const [i, j] = [Math.floor(at / 4), at % 4];
    if ((i * 5 + j * 2) % 13 === 0) return -1;
    return (i * 7 + j * 3) % 11 === 0 ? Number.NaN : complete(i, j);
  }),
};

/** If libxgboost is installed, "auto" is the native engine. */
const hasNative = findLibraries().length > 0;
let engine = "wasm";

function fit(task: Task, params: JsonObject, more: Partial<FitOptions> = {}): Promise<FittedEstimator> {
  const y = task === "regression" ? score : task === "binary" ? two : three;
  const classCount = task === "regression" ? 0 : task === "binary" ? 2 : 3;
  return xgboost.fit(X, y, { task, classCount, params: { engine, n_estimators: 20, ...params }, seed: 1, ...more });
}

/** Float32 sums over twenty trees, in another order in XGBoost 1.7 than in 0.7: five decimals agree. */
function expectFirst(fitted: FittedEstimator, expected: readonly number[]): void {
  const predictions = xgboost.load(fitted).predict(X);
  expected.forEach((value, i) => expect(predictions[i]).toBeCloseTo(value, 5));
}

if (!hasNative) console.info("the native engine is not tested: mlctl engine install");

describe.each(hasNative ? ["wasm", "native"] : ["wasm"])("xgboost, engine %s", (name) => {
  beforeAll(() => {
    engine = name;
  });

  // xgb.XGBRegressor(**p).fit(X, s).predict(X)[:8]
  const regression = [
    -0.804110586643219, -0.767618715763092, -0.09071879833936691, -0.9724985361099243, -0.47540849447250366,
    1.2846410274505615, -0.3194575309753418, 1.0473674535751343,
  ];

  it("gives the same predictions as Python's xgboost for regression", async () => {
    expectFirst(await fit("regression", { tree_method: "exact" }), regression);
  });

  it("chooses exact for few rows if tree_method is auto", async () => {
    expectFirst(await fit("regression", {}), regression);
  });

  it.each(["hist", "approx"])(
    "gives the same predictions as Python's %s if the bins hold all values",
    async (method) => {
      // xgb.XGBRegressor(**{**p, "tree_method": method}).fit(X, s).predict(X)[:8]: the same numbers. 0.7 places
      // thresholds at the values, not between them, but every training row stays on the same side
      expectFirst(await fit("regression", { tree_method: method }), regression);
    },
  );

  it("passes every parameter to XGBoost", async () => {
    // xgb.XGBRegressor(**p, max_depth=3, learning_rate=0.1, min_child_weight=5, gamma=0.5, reg_lambda=2,
    //   reg_alpha=0.1, base_score=0.1).fit(X, s).predict(X)[:8]
    const params = { max_depth: 3, learning_rate: 0.1, min_child_weight: 5, gamma: 0.5, reg_lambda: 2 };
    expectFirst(
      await fit("regression", { ...params, reg_alpha: 0.1, base_score: 0.1 }),
      [
        -0.4326154291629791, -0.5582314729690552, -0.3599589169025421, -0.6689088940620422, -0.043572261929512024,
        0.8332911729812622, -0.4081038236618042, 0.6375325322151184,
      ],
    );
    // xgb.XGBClassifier(**p, max_delta_step=0.5).fit(X, two).predict_proba(X)[:8, 1]; tested without reg_alpha, because
    // since 1.0 XGBoost computes the gain of a limited leaf differently with an L1 penalty
    expectFirst(
      await fit("binary", { max_delta_step: 0.5 }),
      [
        0.08999071270227432, 0.06461820006370544, 0.07367446273565292, 0.060401126742362976, 0.2739005386829376,
        0.9478761553764343, 0.07986608892679214, 0.9515404105186462,
      ],
    );
  });

  it("gives the same predictions as Python's xgboost for two classes", async () => {
    // xgb.XGBClassifier(**p, scale_pos_weight=2, base_score=0.3).fit(X, two).predict_proba(X)[:8, 1]
    expectFirst(
      await fit("binary", { scale_pos_weight: 2, base_score: 0.3 }),
      [
        0.037890106439590454, 0.029974592849612236, 0.042070284485816956, 0.017069101333618164, 0.11118707805871964,
        0.9905470013618469, 0.036754488945007324, 0.9867504239082336,
      ],
    );
  });

  it("gives the same predictions as Python's xgboost for three classes", async () => {
    // xgb.XGBClassifier(**p).fit(X, three).predict_proba(X)[:4].ravel()
    expectFirst(
      await fit("multiclass", {}),
      [
        0.8973914384841919, 0.06959450989961624, 0.033014003187417984, 0.9632124900817871, 0.029470140114426613,
        0.007317328825592995, 0.05504152923822403, 0.926338791847229, 0.018619650974869728, 0.955136775970459,
        0.03896464407444, 0.005898571107536554,
      ],
    );
  });

  it("importance is the share of total gain", async () => {
    // xgb.XGBRegressor(**p, importance_type="total_gain").fit(X, s).feature_importances_
    const expected = [0.6028066277503967, 0.1653079390525818, 0.1289827972650528, 0.10290266573429108];
    const importance = xgboost.importance(await fit("regression", {}));
    expected.forEach((value, j) => expect(importance[j]).toBeCloseTo(value, 5));
  });

  it("grows leaf-wise with hist for any number of rows", async () => {
    // h = {**p, "tree_method": "hist"}
    // xgb.XGBRegressor(**h, grow_policy="lossguide", max_leaves=6, max_depth=0).fit(X, s).predict(X)[:8]
    expectFirst(
      await fit("regression", { grow_policy: "lossguide", max_leaves: 6, max_depth: 0 }),
      [
        -0.30680370330810547, -0.6615217924118042, -0.29868218302726746, -0.997306764125824, -0.08361146599054337,
        0.9459936022758484, -0.3775486350059509, 0.911845862865448,
      ],
    );
    // xgb.XGBRegressor(**h, max_leaves=6).fit(X, s).predict(X)[:8]
    expectFirst(
      await fit("regression", { max_leaves: 6 }),
      [
        -0.42502903938293457, -0.761441707611084, -0.20717792212963104, -0.936154842376709, -0.16195109486579895,
        0.8459498286247253, -0.3892103135585785, 0.9140125513076782,
      ],
    );
    await expect(fit("regression", { max_leaves: 6, tree_method: "exact" })).rejects.toThrow(
      "does not support max_leaves",
    );
    await expect(fit("regression", { max_depth: 0 })).rejects.toThrow('"max_depth" of xgboost is 0 (no limit)');
  });

  it("grows several trees per round", async () => {
    // xgb.XGBRegressor(**p, num_parallel_tree=2, learning_rate=0.1).fit(X, s).predict(X)[:8]
    expectFirst(
      await fit("regression", { num_parallel_tree: 2, learning_rate: 0.1 }),
      [
        -0.5144426226615906, -0.6118254661560059, -0.09929759055376053, -0.7559173703193665, -0.28933367133140564,
        1.11329984664917, -0.22080585360527039, 0.8003761768341064,
      ],
    );
    // xgb.XGBClassifier(**p, num_parallel_tree=2).fit(X, three).predict_proba(X)[:4].ravel()
    expectFirst(
      await fit("multiclass", { num_parallel_tree: 2 }),
      [
        0.8973914384841919, 0.06959451735019684, 0.033014003187417984, 0.9632124900817871, 0.02947012521326542,
        0.007317321375012398, 0.05504148080945015, 0.9263388514518738, 0.018619634211063385, 0.955136775970459,
        0.03896463289856911, 0.005898571107536554,
      ],
    );
  });

  it("respects monotone constraints with every tree_method that supports them", async () => {
    const monotone_constraints = { a: 1, b: -1 };
    for (const tree_method of ["exact", "approx", "auto"]) {
      const fitted = await fit("regression", { tree_method, monotone_constraints });
      const { predict } = xgboost.load(fitted);
      for (const [column, direction] of Object.values({ a: [0, 1], b: [1, -1] }) as [number, number][]) {
        for (let i = 0; i < rowCount; i += 7) {
          const values = new Float64Array(101 * 4);
          for (let step = 0; step <= 100; step++) {
            values.set(X.values.subarray(4 * i, 4 * i + 4), 4 * step);
            values[4 * step + column] = (step - 50) / 50;
          }
          const predictions = predict({ rowCount: 101, columnNames: X.columnNames, values });
          // sums of equal leaves may differ in the last bit of a float32
          for (let k = 1; k <= 100; k++)
            expect(direction * (predictions[k]! - predictions[k - 1]!)).toBeGreaterThan(-1e-6);
        }
      }
    }
    await expect(fit("regression", { monotone_constraints: { A: 1 } })).rejects.toMatchObject({
      message: 'parameter "monotone_constraints" of xgboost: the model has no feature "A"',
      hint: 'did you mean "a"?',
    });
    await expect(fit("regression", { monotone_constraints: { a: 2 } })).rejects.toMatchObject({ kind: "usage" });
  });

  it("samples rows and features by the seed", async () => {
    const draw = { subsample: 0.5, colsample_bytree: 0.5, colsample_bylevel: 0.5 };
    const once = JSON.stringify(await fit("regression", draw, { seed: 1 }));
    const other = JSON.stringify(await fit("regression", draw, { seed: 2 }));
    expect(JSON.stringify(await fit("regression", draw, { seed: 1 }))).toBe(once);
    expect(other).not.toBe(once);
  });

  it("gives the same bytes after other models were trained in between", async () => {
    const draw = { subsample: 0.5 };
    const before = JSON.stringify(await fit("binary", draw));
    await Promise.all([fit("regression", draw), fit("multiclass", { tree_method: "hist" })]);
    expect(JSON.stringify(await fit("binary", draw))).toBe(before);
  });

  it("learns a constant if every cell is missing", async () => {
    for (const tree_method of ["exact", "hist", "approx"]) {
      const values = new Float64Array(rowCount * 4).fill(Number.NaN);
      const options = { task: "regression", classCount: 0, params: { engine, tree_method }, seed: 1 } as const;
      const fitted = await xgboost.fit({ ...X, values }, score, options);
      expect(new Set(xgboost.load(fitted).predict(X)).size).toBe(1);
    }
  });

  it("reports progress up to 1", async () => {
    const shares: number[] = [];
    await fit("regression", {}, { onProgress: (share) => shares.push(share) });
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });

  it("can be aborted during a fit, and the next fit works", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const endless = fit(
      "regression",
      { n_estimators: 100_000 },
      {
        signal: controller.signal,
        onProgress: () => controller.abort(reason),
      },
    );
    await expect(endless).rejects.toBe(reason);
    expectFirst(await fit("regression", {}), regression);
  });

  it("rejects infinite values and names feature and row", async () => {
    const values = X.values.with(4 * 6 + 2, Infinity);
    const options: FitOptions = { task: "regression", classCount: 0, params: { engine }, seed: 1 };
    await expect(xgboost.fit({ ...X, values }, score, options)).rejects.toThrow(
      'feature "c" is infinite or too large in row 7',
    );
  });

  it("rejects a base score that is not a probability", async () => {
    await expect(fit("binary", { base_score: 1 })).rejects.toMatchObject({ kind: "usage" });
  });

  it("rejects a saved tree with a loop", async () => {
    const fitted = await fit("regression", { n_estimators: 1 });
    const [tree] = (fitted.state as TreeEnsemble).trees;
    const state = { ...fitted.state, trees: [{ ...tree!, left: tree!.left.map(() => 0) }] };
    expect(() => xgboost.load({ ...fitted, state })).toThrow('"trees[0]" in its state is not a tree');
  });
});

describe("engines of xgboost", () => {
  const given = process.env.MLCTL_XGBOOST_LIBRARY;
  afterEach(() => {
    if (given === undefined) delete process.env.MLCTL_XGBOOST_LIBRARY;
    else process.env.MLCTL_XGBOOST_LIBRARY = given;
  });

  it("auto chooses the native engine if installed, and the model records the engine", async () => {
    engine = "auto";
    const expected = hasNative ? "native" : "wasm";
    expect(await fit("binary", {})).toMatchObject({ engine: expected, params: { engine: expected } });
  });

  it("auto chooses the built-in engine if the library is switched off, and native is an error", async () => {
    process.env.MLCTL_XGBOOST_LIBRARY = "none";
    engine = "auto";
    expect(await fit("binary", {})).toMatchObject({ engine: "wasm", params: { engine: "wasm" } });
    await expect(fit("binary", { engine: "native" })).rejects.toMatchObject({
      kind: "usage",
      message: "cannot use the native engine of xgboost: libxgboost is not installed",
    });
  });

  it("an unusable MLCTL_XGBOOST_LIBRARY is an error, with no fallback to another engine", async () => {
    engine = "auto";
    process.env.MLCTL_XGBOOST_LIBRARY = "/nowhere/libxgboost.so";
    await expect(fit("binary", {})).rejects.toThrow("MLCTL_XGBOOST_LIBRARY: no such file: /nowhere/libxgboost.so");
    process.env.MLCTL_XGBOOST_LIBRARY = fileURLToPath(import.meta.url);
    await expect(fit("binary", {})).rejects.toThrow("cannot use the native engine of xgboost");
  });

  it("the wasm engine rejects parameters that it would ignore", async () => {
    const refused = async (params: JsonObject, message: string): Promise<void> =>
      expect(fit("regression", { engine: "wasm", ...params })).rejects.toThrow(message);
    await refused({ colsample_bynode: 0.5 }, "the wasm engine of xgboost does not support colsample_bynode");
    await refused(
      { interaction_constraints: [["a"]] },
      "the wasm engine of xgboost does not support interaction_constraints",
    );
    await refused(
      { monotone_constraints: { a: 1 }, tree_method: "hist" },
      "does not support monotone_constraints with hist",
    );
  });

  it.skipIf(!hasNative)("the native engine applies constraints as Python's xgboost does", async () => {
    for (const tree_method of ["exact", "hist"]) {
      // xgb.XGBRegressor(**{**p, "tree_method": …}, monotone_constraints=(1, -1, 0, 0)).fit(X, s).predict(X)[:8]
      expectFirst(
        await fit("regression", { engine: "native", tree_method, monotone_constraints: { a: 1, b: -1 } }),
        [
          -0.6357455849647522, -0.8602818250656128, -0.2508276402950287, -0.9885996580123901, -0.3406665623188019,
          1.2372087240219116, -0.3634510934352875, 0.9815402030944824,
        ],
      );
    }
    const interaction_constraints = [
      ["a", "b"],
      ["c", "d"],
    ];
    // xgb.XGBRegressor(**p, interaction_constraints="[[0,1],[2,3]]").fit(X, s).predict(X)[:8]
    expectFirst(
      await fit("regression", { engine: "native", interaction_constraints }),
      [
        -0.6955841183662415, -0.7521737813949585, -0.03823930025100708, -0.9662447571754456, -0.3568212389945984,
        1.1680418252944946, -0.4097367227077484, 1.0141146183013916,
      ],
    );
    await expect(fit("regression", { engine: "native", interaction_constraints: ["a"] })).rejects.toThrow("is [");
  });

  it("the wasm engine rejects weights of single rows instead of ignoring them", async () => {
    const sampleWeight = Float64Array.from({ length: rowCount }, (_, i) => 1 + (i % 2));
    const refused = fit("binary", { engine: "wasm" }, { sampleWeight });
    await expect(refused).rejects.toMatchObject({ kind: "usage" });
    const byClass = three.map((code) => 1 + code);
    await expect(fit("multiclass", { engine: "wasm" }, { sampleWeight: byClass })).rejects.toMatchObject({
      message: "the wasm engine of xgboost supports weights of two classes only, not of several classes",
      hint: installHint(),
    });
  });

  it.each(hasNative ? ["wasm", "native"] : ["wasm"])(
    "engine %s applies class weights as Python's xgboost does",
    async (name) => {
      // xgb.XGBClassifier(**p, gamma=0.1).fit(X, two, sample_weight=np.where(two == 1, 3, 0.5)).predict_proba(X)[:8, 1]
      const sampleWeight = two.map((code) => (code === 1 ? 3 : 0.5));
      const fitted = await fit("binary", { engine: name, gamma: 0.1 }, { sampleWeight });
      expectFirst(
        fitted,
        [
          0.07527593523263931, 0.07151808589696884, 0.12633317708969116, 0.04198988899588585, 0.2700013518333435,
          0.9924924969673157, 0.10430541634559631, 0.9942832589149475,
        ],
      );
      // json.loads(m.get_booster().save_raw("json"))["learner"]["gradient_booster"]["model"]["trees"][0]["sum_hessian"][0]
      expect((fitted.state as TreeEnsemble).trees[0]!.cover[0]).toBeCloseTo(89.375, 3);
    },
  );

  it.skipIf(!hasNative)("the native engine applies sample weights as Python's xgboost does", async () => {
    // w = 0.5 + np.arange(200) % 7; xgb.XGBRegressor(**p).fit(X, s, sample_weight=w).predict(X)[:8]
    const sampleWeight = Float64Array.from({ length: rowCount }, (_, i) => 0.5 + (i % 7));
    expectFirst(
      await fit("regression", { engine: "native" }, { sampleWeight }),
      [
        -0.6428117156028748, -0.7245090007781982, -0.0678623840212822, -0.9759193658828735, -0.4373503625392914,
        1.2968087196350098, -0.320182204246521, 0.8334619998931885,
      ],
    );
  });

  it.skipIf(!hasNative).each(["exact", "hist", "approx"])(
    "%s gives the same bytes with any number of threads, run after run",
    async (tree_method) => {
      // 20,000 rows: enough for XGBoost to use several threads
      const { normal } = random(3);
      const values = Float64Array.from({ length: 20_000 * 4 }, normal);
      const big: Matrix = { rowCount: 20_000, columnNames: X.columnNames, values };
      const y = Float64Array.from({ length: 20_000 }, (_, i) =>
        values[4 * i]! * values[4 * i + 1]! + normal() > 0 ? 1 : 0,
      );
      const trees = async (nthread: number | null): Promise<string> => {
        const params = { engine: "native", tree_method, nthread, subsample: 0.8, n_estimators: 10 };
        const { state } = await xgboost.fit(big, y, { task: "binary", classCount: 2, params, seed: 5 });
        return JSON.stringify(state);
      };
      const one = await trees(1);
      expect(await trees(2)).toBe(one);
      expect(await trees(2)).toBe(one);
      expect(await trees(3)).toBe(one);
      expect(await trees(null)).toBe(one);
    },
  );
});

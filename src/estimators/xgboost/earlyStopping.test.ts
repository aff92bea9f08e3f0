/** Early stopping compared with Python's xgboost on the same rows, and the rows held out for it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FitOptions, FittedEstimator } from "../../core/estimator.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Matrix } from "../../core/table/table.ts";
import { random } from "../../core/random.ts";
import { hasPython, python } from "../../testing/python.ts";
import { holdOut } from "./train/stopEarly.ts";
import type { TreeEnsemble } from "./ensemble.ts";
import { findLibraries } from "./engines/native/findLibrary.ts";
import { xgboost } from "./xgboost.ts";

const canCompare = hasPython("xgboost");
const engines = findLibraries().length === 0 ? ["wasm"] : ["wasm", "native"];
const folder = mkdtempSync(join(tmpdir(), "mlctl-stop-"));
afterAll(() => rmSync(folder, { recursive: true }));

const ROWS = 400;
const WIDTH = 4;
const { normal, uniform } = random(11);
const X: Matrix = {
  rowCount: ROWS,
  columnNames: ["a", "b", "c", "d"],
  values: Float64Array.from({ length: ROWS * WIDTH }, () => (uniform() < 0.1 ? Number.NaN : normal())),
};
const score = Float64Array.from({ length: ROWS }, (_, i) => {
  const [a, b] = [X.values[i * WIDTH]!, X.values[i * WIDTH + 1]!];
  return (Number.isNaN(a) ? 0 : a) - (Number.isNaN(b) ? 1 : b) + normal();
});
const targets = {
  regression: score,
  amount: score.map((value) => Math.exp(value / 2)),
  binary: score.map((value) => +(value > 0)),
  multiclass: score.map((value) => +(value > -1) + +(value > 1)),
};

type Kind = keyof typeof targets;

function fit(kind: Kind, params: JsonObject, more: Partial<FitOptions> = {}): Promise<FittedEstimator> {
  const task = kind === "amount" ? "regression" : kind;
  const classCount = { regression: 0, binary: 2, multiclass: 3 }[task];
  const usual = { n_estimators: 300, learning_rate: 0.1, max_depth: 3, early_stopping_rounds: 8 };
  return xgboost.fit(X, targets[kind], { task, classCount, params: { ...usual, ...params }, seed: 3, ...more });
}

/** Our parameters, and the same for xgboost.train. */
const cases = [
  ["regression", {}, "objective='reg:squarederror'"],
  ["regression", { eval_metric: "mae" }, "objective='reg:squarederror', eval_metric='mae'"],
  ["regression", { num_parallel_tree: 2, eval_metric: "mphe" }, "num_parallel_tree=2, eval_metric='mphe'"],
  ["amount", { eval_metric: "rmsle" }, "objective='reg:squarederror', eval_metric='rmsle'"],
  ["amount", { objective: "count:poisson" }, "objective='count:poisson'"],
  ["amount", { objective: "reg:gamma" }, "objective='reg:gamma'"],
  ["amount", { objective: "reg:tweedie" }, "objective='reg:tweedie'"],
  ["binary", {}, "objective='binary:logistic'"],
  ["binary", { eval_metric: "error" }, "objective='binary:logistic', eval_metric='error'"],
  ["binary", { eval_metric: "auc" }, "objective='binary:logistic', eval_metric='auc'"],
  ["multiclass", {}, "objective='multi:softprob', num_class=3"],
  ["multiclass", { eval_metric: "merror" }, "objective='multi:softprob', num_class=3, eval_metric='merror'"],
] as const;

/** `best_iteration` of Python's xgboost for each case, with the same training and evaluation rows. */
function pythonBest(): number[] {
  const file = join(folder, "rows.bin");
  const parts = cases.flatMap(([kind]) => {
    const classCount = { regression: 0, amount: 0, binary: 2, multiclass: 3 }[kind];
    const isHeldOut = new Float64Array(ROWS);
    for (const row of holdOut(targets[kind], { share: 0.2, seed: 3, classCount }).heldOut) isHeldOut[row] = 1;
    return [targets[kind], isHeldOut];
  });
  writeFileSync(file, Buffer.concat([X.values, ...parts].map((part) => Buffer.from(part.buffer))));
  const code = `
import sys, json, numpy, xgboost
data = numpy.fromfile(sys.argv[1])
X, targets = data[:${ROWS * WIDTH}].reshape(-1, ${WIDTH}), data[${ROWS * WIDTH}:].reshape(-1, 2, ${ROWS})
def best(params, y, heldOut):
    train, watch = xgboost.DMatrix(X[~heldOut], y[~heldOut]), xgboost.DMatrix(X[heldOut], y[heldOut])
    params = dict(eta=0.1, max_depth=3, tree_method="exact", base_score=0.5, seed=3, nthread=1, **params)
    booster = xgboost.train(params, train, 300, evals=[(watch, "w")], early_stopping_rounds=8, verbose_eval=False)
    return booster.best_iteration
cases = [${cases.map(([, , params]) => `dict(${params})`).join()}]
print(json.dumps([best(params, y, heldOut == 1) for params, (y, heldOut) in zip(cases, targets)]))`;
  return JSON.parse(python(code, file)) as number[];
}

let expected: readonly number[] = [];
beforeAll(() => {
  if (canCompare) expected = pythonBest();
});

describe.each(engines)("early stopping of xgboost, engine %s", (engine) => {
  it.skipIf(!canCompare).each(cases.map((each, at) => [...each, at] as const))(
    "finds the same best iteration as Python's xgboost: %s %o",
    async (kind, params, _python, at) => {
      const fitted = await fit(kind, { engine, early_stopping_fraction: 0.2, ...params });
      expect(expected[at]).toBeGreaterThan(0);
      expect(fitted.params.best_iteration).toBe(expected[at]);
    },
  );

  it("trains the best number of rounds on all rows and records it", async () => {
    const stopped = await fit("multiclass", { engine });
    const best = stopped.params.best_iteration as number;
    expect((stopped.state as TreeEnsemble).trees).toHaveLength(3 * (best + 1));
    const explicit = await fit("multiclass", { engine, n_estimators: best + 1, early_stopping_rounds: null });
    expect(explicit.state).toEqual(stopped.state);
    // the recorded parameters train the same model again
    expect(await fit("multiclass", stopped.params)).toEqual(stopped);
  });

  it("stops on given rows instead, and is then the model of that number of rounds", async () => {
    const watch = { X, y: targets.multiclass.map((code) => (code + 1) % 3) };
    const worst = await fit("multiclass", { engine }, { watch });
    expect(worst.params.best_iteration).toBe(0); // every round makes wrong labels less likely
    const usual = await fit("multiclass", { engine }, { watch: { X, y: targets.multiclass } });
    expect(usual.params.best_iteration).toBe(299); // the rows that it trains on
    const half = { X: { ...X, rowCount: 200, values: X.values.subarray(0, 200 * WIDTH) }, y: score.subarray(200) };
    const stopped = await fit("regression", { engine }, { watch: half });
    expect(await fit("regression", stopped.params)).toEqual(stopped);
  });

  it("keeps all rounds if the last is the best", async () => {
    const fitted = await fit("regression", { engine, n_estimators: 5 });
    expect(fitted.params.best_iteration).toBe(4);
  });

  it("evaluates with the sample weights", async () => {
    // with almost no weight on class 1, another round is the best
    const sampleWeight = targets.binary.map((code) => (code === 1 ? 1 : 20));
    const weighed = await fit("binary", { engine }, { sampleWeight });
    const even = await fit("binary", { engine });
    expect(weighed.params.best_iteration).not.toBe(even.params.best_iteration);
  });
});

it.runIf(engines.includes("native"))("both engines find the same round, with and without weights", async () => {
  const sampleWeight = targets.binary.map((code) => (code === 1 ? 3 : 0.5));
  for (const more of [{}, { sampleWeight }]) {
    const [wasm, native] = [
      await fit("binary", { engine: "wasm" }, more),
      await fit("binary", { engine: "native" }, more),
    ];
    expect(wasm.params.best_iteration).toBe(native.params.best_iteration);
  }
});

describe("held-out rows", () => {
  const y = targets.binary;
  const options = { share: 0.1, seed: 1, classCount: 2 };

  it("are a stratified sample", () => {
    const { heldOut, training } = holdOut(y, options);
    const positives = (rows: Int32Array): number => rows.reduce((sum, row) => sum + y[row]!, 0);
    expect(heldOut.length + training.length).toBe(ROWS);
    expect(positives(heldOut)).toBe(Math.round(0.1 * positives(Int32Array.from(y.keys()))));
    expect(holdOut(y, options)).toEqual(holdOut(y, options));
    expect(holdOut(y, { ...options, seed: 2 })).not.toEqual(holdOut(y, options));
  });

  it("are the latest, with all rows of the earliest held-out time; rows without a time stay in training", () => {
    const times = Float64Array.from([5, 1, 4, 4, 2, 3, Number.NaN, 0, 1, 2]);
    const { heldOut, training } = holdOut(new Float64Array(10), { share: 0.2, seed: 1, classCount: 0, times });
    expect([...heldOut]).toEqual([0, 2, 3]);
    expect([...training]).toEqual([1, 4, 5, 6, 7, 8, 9]);
  });

  it("are whole groups", () => {
    const groups = Array.from({ length: ROWS }, (_, row) => `g${row % 20}`);
    const { heldOut, training } = holdOut(y, { ...options, groups });
    const of = (rows: Int32Array): Set<string> => new Set(Array.from(rows, (row) => groups[row]!));
    expect(of(heldOut).size).toBe(2);
    expect([...of(heldOut)].filter((group) => of(training).has(group))).toEqual([]);
  });

  it("are an error if a part would be empty, or if auc has one class only", async () => {
    expect(() => holdOut(Float64Array.of(0, 1), options)).toThrow("too few training rows (2) to hold out some");
    expect(() => holdOut(new Float64Array(5), { ...options, times: new Float64Array(5) })).toThrow(
      "too few training rows (5)",
    );
    const times = Float64Array.from(y, (code, row) => (code === 1 ? 0 : row));
    await expect(fit("binary", { eval_metric: "auc" }, { times })).rejects.toThrow("all have the same class");
  });
});

/** Early stopping beside Python's xgboost on the same rows, and what is set aside for it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FitOptions, FittedEstimator } from "../../core/estimator.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Matrix } from "../../core/table/matrix.ts";
import { random } from "../../core/random.ts";
import { hasPython, python } from "../../testing/python.ts";
import { setAside } from "../setAside.ts";
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

/** Ours, and the same for xgboost.train. */
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

/** `best_iteration` of Python's xgboost for each case, on the same rows of training and evaluation. */
function pythonBest(): number[] {
  const file = join(folder, "rows.bin");
  const parts = cases.flatMap(([kind]) => {
    const classCount = { regression: 0, amount: 0, binary: 2, multiclass: 3 }[kind];
    const isAside = new Float64Array(ROWS);
    for (const row of setAside(targets[kind], { share: 0.2, seed: 3, classCount }).aside) isAside[row] = 1;
    return [targets[kind], isAside];
  });
  writeFileSync(file, Buffer.concat([X.values, ...parts].map((part) => Buffer.from(part.buffer))));
  const code = `
import sys, json, numpy, xgboost
data = numpy.fromfile(sys.argv[1])
X, targets = data[:${ROWS * WIDTH}].reshape(-1, ${WIDTH}), data[${ROWS * WIDTH}:].reshape(-1, 2, ${ROWS})
def best(params, y, aside):
    train, watch = xgboost.DMatrix(X[~aside], y[~aside]), xgboost.DMatrix(X[aside], y[aside])
    params = dict(eta=0.1, max_depth=3, tree_method="exact", base_score=0.5, seed=3, nthread=1, **params)
    booster = xgboost.train(params, train, 300, evals=[(watch, "w")], early_stopping_rounds=8, verbose_eval=False)
    return booster.best_iteration
cases = [${cases.map(([, , params]) => `dict(${params})`).join()}]
print(json.dumps([best(params, y, aside == 1) for params, (y, aside) in zip(cases, targets)]))`;
  return JSON.parse(python(code, file)) as number[];
}

let expected: readonly number[] = [];
beforeAll(() => {
  if (canCompare) expected = pythonBest();
});

describe.each(engines)("early stopping of xgboost, engine %s", (engine) => {
  it.skipIf(!canCompare).each(cases.map((each, at) => [...each, at] as const))(
    "finds the round that Python's xgboost finds on the same rows: %s %o",
    async (kind, params, _python, at) => {
      const fitted = await fit(kind, { engine, early_stopping_fraction: 0.2, ...params });
      expect(expected[at]).toBeGreaterThan(0);
      expect(fitted.params.best_iteration).toBe(expected[at]);
    },
  );

  it("trains the found number of rounds on all rows, and says how many", async () => {
    const stopped = await fit("multiclass", { engine });
    const best = stopped.params.best_iteration as number;
    expect((stopped.state as TreeEnsemble).trees).toHaveLength(3 * (best + 1));
    const told = await fit("multiclass", { engine, n_estimators: best + 1, early_stopping_rounds: null });
    expect(told.state).toEqual(stopped.state);
    // a run's parameters train its model again
    expect(await fit("multiclass", stopped.params)).toEqual(stopped);
  });

  it("keeps all rounds where the last is the best", async () => {
    const fitted = await fit("regression", { engine, n_estimators: 5 });
    expect(fitted.params.best_iteration).toBe(4);
  });

  it("watches with the weights of the rows", async () => {
    // with the rare class weighing nothing to speak of, other rounds are best
    const sampleWeight = targets.binary.map((code) => (code === 1 ? 1 : 20));
    const weighed = await fit("binary", { engine }, { sampleWeight });
    const even = await fit("binary", { engine });
    expect(weighed.params.best_iteration).not.toBe(even.params.best_iteration);
  });
});

it.runIf(engines.includes("native"))("both engines find the same round, weights or not", async () => {
  const sampleWeight = targets.binary.map((code) => (code === 1 ? 3 : 0.5));
  for (const more of [{}, { sampleWeight }]) {
    const [wasm, native] = [
      await fit("binary", { engine: "wasm" }, more),
      await fit("binary", { engine: "native" }, more),
    ];
    expect(wasm.params.best_iteration).toBe(native.params.best_iteration);
  }
});

describe("what is set aside", () => {
  const y = targets.binary;
  const options = { share: 0.1, seed: 1, classCount: 2 };

  it("keeps the share of each class", () => {
    const { aside, training } = setAside(y, options);
    const positives = (rows: Int32Array): number => rows.reduce((sum, row) => sum + y[row]!, 0);
    expect(aside.length + training.length).toBe(ROWS);
    expect(positives(aside)).toBe(Math.round(0.1 * positives(Int32Array.from(y.keys()))));
    expect(setAside(y, options)).toEqual(setAside(y, options));
    expect(setAside(y, { ...options, seed: 2 })).not.toEqual(setAside(y, options));
  });

  it("is the last in time, with all of its first instant; rows without a time train", () => {
    const times = Float64Array.from([5, 1, 4, 4, 2, 3, Number.NaN, 0, 1, 2]);
    const { aside, training } = setAside(new Float64Array(10), { share: 0.2, seed: 1, classCount: 0, times });
    expect([...aside]).toEqual([0, 2, 3]);
    expect([...training]).toEqual([1, 4, 5, 6, 7, 8, 9]);
  });

  it("takes groups as a whole", () => {
    const groups = Array.from({ length: ROWS }, (_, row) => `g${row % 20}`);
    const { aside, training } = setAside(y, { ...options, groups });
    const of = (rows: Int32Array): Set<string> => new Set(Array.from(rows, (row) => groups[row]!));
    expect(of(aside).size).toBe(2);
    expect([...of(aside)].filter((group) => of(training).has(group))).toEqual([]);
  });

  it("is an error where there is nothing to set aside, or one class only for the auc", async () => {
    expect(() => setAside(Float64Array.of(0, 1), options)).toThrow("too few to set some aside");
    expect(() => setAside(new Float64Array(5), { ...options, times: new Float64Array(5) })).toThrow("too few");
    const times = Float64Array.from(y, (code, row) => (code === 1 ? 0 : row));
    await expect(fit("binary", { eval_metric: "auc" }, { times })).rejects.toThrow("are all of one class");
  });
});

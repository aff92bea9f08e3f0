import { describe, expect, it } from "vitest";
import { categoryColumn, type Column, type Table } from "../../core/table/table.ts";
import type { Model } from "../../core/records/model.ts";
import { fitCandidate } from "../fit/fitCandidate.ts";
import { permutationImportance, type PermutationOptions } from "./partialDependence.ts";
import type { TrainingData } from "../fit/splitRows.ts";
import { signatureOf } from "../rows/signatureOf.ts";

// i = np.arange(120); X = np.c_[(i*37%101)/10, (i*53%89)/10, (i*29%97)/10]; y = 3*X[:,0] - X[:,1] + np.sin(i)
const ROWS = 120;
const number = (name: string, valueOf: (i: number) => number): Column => ({
  kind: "number",
  name,
  values: Float64Array.from({ length: ROWS }, (_, i) => valueOf(i)),
});
const inputs: readonly Column[] = [
  number("a", (i) => ((i * 37) % 101) / 10),
  number("b", (i) => ((i * 53) % 89) / 10),
  number("c", (i) => ((i * 29) % 97) / 10),
];
const y = Float64Array.from(
  { length: ROWS },
  (_, i) => (3 * ((i * 37) % 101)) / 10 - ((i * 53) % 89) / 10 + Math.sin(i),
);

async function trained(columns: readonly Column[], family: string): Promise<{ model: Model; table: Table }> {
  const table = { rowCount: ROWS, columns };
  const isClass = family === "logistic_regression";
  const classes = { task: "binary", classes: ["0", "1"] } as const;
  const target = { name: "y", ...(isClass ? classes : ({ task: "regression" } as const)) };
  const data: TrainingData = { inputs: table, y: isClass ? y.map((value) => +(value > 10)) : y, target };
  const all = Int32Array.from(y.keys());
  const settings = { featureSet: "all", featurePatterns: null, features: null, threshold: 0.5, seed: 1 };
  const candidate = { family, params: {}, metric: isClass ? "f1" : "rmse", ...settings };
  const fitted = await fitCandidate(candidate, data, { training: all, validation: all });
  const signature = signatureOf(table, target, { nullValues: [""], normalizeNames: false });
  return {
    model: { ...fitted, signature } as unknown as Model,
    table: { ...table, columns: [...columns, { kind: "number", name: "y", values: data.y }] },
  };
}

const options: PermutationOptions = { metric: "rmse", repeats: 5, seed: 1 };

describe("permutationImportance", () => {
  it("agrees with scikit-learn's permutation_importance", async () => {
    const { model, table } = await trained(inputs, "linear_regression");
    const found = permutationImportance(model, table, { ...options, repeats: 2000 });
    // permutation_importance(LinearRegression().fit(X, y), X, y, scoring="neg_root_mean_squared_error",
    //   n_repeats=2000, random_state=0): importances_mean, importances_std
    const expected = [
      ["a", 11.651909881009631, 0.568358031403948],
      ["b", 3.0110100260670585, 0.16947830463068705],
      ["c", 0.00013446187885415728, 0.0008405330612797074],
    ] as const;
    expect(found.columns.map(({ column }) => column)).toEqual(["a", "b", "c"]);
    expected.forEach(([, mean, deviation], at) => {
      // different shuffles: the difference of two means has a standard error of deviation · √(2 / 2000); allow four
      expect(Math.abs(found.columns[at]!.mean - mean)).toBeLessThan((4 * deviation * Math.sqrt(2)) / Math.sqrt(2000));
      // the relative standard error of a standard deviation is about 1 / √4000
      expect(found.columns[at]!.standardDeviation / deviation).toBeCloseTo(1, 0.8);
    });
  });

  it("shuffles the input columns of any kind, before transforms", async () => {
    const city = categoryColumn(
      "city",
      Array.from(y, (value) => (value > 10 ? "oslo" : "rome")),
    );
    const { model, table } = await trained([inputs[2]!, city], "logistic_regression");
    const found = permutationImportance(model, table, { ...options, metric: "accuracy" });
    expect(found.value).toBe(1);
    expect(found.columns.map(({ column }) => column)).toEqual(["city", "c"]);
    expect(found.columns[0]!.mean).toBeGreaterThan(0.3);
    expect(found.columns[1]).toEqual({ column: "c", mean: 0, standardDeviation: 0 });
  });

  it("a worse metric is positive, whether greater or smaller is better", async () => {
    const { model, table } = await trained(inputs, "linear_regression");
    for (const metric of ["rmse", "r2", "mae"]) {
      expect(permutationImportance(model, table, { ...options, metric }).columns[0]!.mean).toBeGreaterThan(0);
    }
  });

  it("gives the same values for the same seed, different ones for another", async () => {
    const { model, table } = await trained(inputs, "linear_regression");
    const once = permutationImportance(model, table, options);
    expect(permutationImportance(model, table, options)).toEqual(once);
    expect(permutationImportance(model, table, { ...options, seed: 2 })).not.toEqual(once);
    expect(table.columns[0]).toEqual(inputs[0]);
  });

  it("supports any family, also the baseline, whose predictions depend on no column", async () => {
    const { model, table } = await trained(inputs, "baseline");
    for (const { mean } of permutationImportance(model, table, options).columns) expect(mean).toBe(0);
  });

  it("needs labelled rows", async () => {
    const { model, table } = await trained(inputs, "linear_regression");
    expect(() => permutationImportance(model, { ...table, columns: table.columns.slice(0, 3) }, options)).toThrow(
      expect.objectContaining({ kind: "data" }) as Error,
    );
  });
});

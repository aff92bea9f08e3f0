import { expect, it } from "vitest";
import type { FitOptions } from "../core/estimator.ts";
import { estimators } from "./index.ts";
import { fitEstimator } from "./fittedState.ts";

const X = { rowCount: 3, columnNames: ["a"], values: Float64Array.of(1, 2, 4) };
const y = Float64Array.of(0, 1, 1);
const options: FitOptions = { task: "binary", classCount: 2, params: {}, seed: 1 };

it("refuses a state that JSON cannot hold, and names the number", async () => {
  const state = { trees: [{ value: [1, 2] }, { value: [3, Infinity, NaN] }] };
  const broken = { ...estimators.baseline, fit: async () => ({ ...(await fitted), state }) };
  const fitted = estimators.baseline.fit(X, y, options);
  await expect(fitEstimator(broken, X, y, options)).rejects.toMatchObject({
    kind: "data",
    message: 'baseline overflows: it learned no finite number for "trees.1.value.1"',
  });
  expect(await fitEstimator(estimators.baseline, X, y, options)).toEqual(await fitted);
});

it.each([NaN, -1, Infinity, 1e39])("refuses the weight %d and names its row", async (weight) => {
  const sampleWeight = Float64Array.of(1, weight, 1);
  const fit = fitEstimator(estimators.baseline, X, y, { ...options, sampleWeight });
  await expect(fit).rejects.toMatchObject({ row: 1, message: expect.stringContaining("the weight of row 2 is") });
});

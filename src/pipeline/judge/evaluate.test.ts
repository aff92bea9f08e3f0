import { expect, it } from "vitest";
import { categoryColumn, type Table } from "../../core/table/table.ts";
import type { Model } from "../../core/records/model.ts";
import { computeMetrics } from "../../metrics/findMetric.ts";
import { evaluate } from "./evaluate.ts";
import { fitCandidate } from "../fit/fitCandidate.ts";
import type { TrainingData } from "../fit/splitRows.ts";
import { signatureOf } from "../rows/signatureOf.ts";

const rows = Array.from({ length: 60 }, (_, row) => ({ x: row % 10, city: row % 3 === 0 ? "oslo" : "rome" }));
const data: TrainingData = {
  inputs: {
    rowCount: 60,
    columns: [
      { kind: "number", name: "x", values: Float64Array.from(rows, ({ x }) => x) },
      categoryColumn(
        "city",
        rows.map(({ city }) => city),
      ),
    ],
  },
  y: Float64Array.from(rows, ({ x }) => (x > 4 ? 1 : 0)),
  target: { name: "y", task: "binary", classes: ["no", "yes"] },
};

async function trained(): Promise<Model> {
  const all = Int32Array.from(rows.keys());
  const features = { featureSet: "all", featurePatterns: null, features: null };
  const candidate = { family: "logistic_regression", params: {}, threshold: 0.5, metric: "f1", seed: 1, ...features };
  const fitted = await fitCandidate(candidate, data, { training: all, validation: all });
  const signature = signatureOf(data.inputs, data.target, { nullValues: [""], normalizeNames: false });
  return { ...fitted, signature } as unknown as Model;
}

it("predicts the rows that have a label, in any order of columns and classes", async () => {
  const model = await trained();
  const table: Table = {
    rowCount: 4,
    columns: [
      categoryColumn("y", ["yes", null, "no", "yes"]),
      categoryColumn("unknown", ["a", "b", "c", "d"]),
      categoryColumn("city", ["lima", "rome", "oslo", null]),
      { kind: "number", name: "x", values: Float64Array.of(9, 1, 0, NaN) },
    ],
  };
  const { evaluation, rows: evaluated } = evaluate(model, table);
  expect([...evaluated]).toEqual([0, 2, 3]);
  expect([...evaluation.yTrue]).toEqual([1, 0, 1]);
  expect(Array.from(evaluation.yPred.slice(0, 2))).toEqual([1, 0]);
  expect(evaluation.probabilities).toHaveLength(3);
});

it("gives the same evaluation on the training rows as training", async () => {
  const model = await trained();
  const labels = categoryColumn(
    "y",
    Array.from(data.y, (code) => ["no", "yes"][code]!),
  );
  const { evaluation } = evaluate(model, { rowCount: 60, columns: data.inputs.columns.concat(labels) });
  expect(evaluation).toEqual((model as unknown as { evaluation: unknown }).evaluation);
  expect(computeMetrics(evaluation).accuracy).toBe(1);
});

it("rejects rows without an input column or without the target", async () => {
  const model = await trained();
  const columns = [categoryColumn("y", ["yes"])];
  expect(() => evaluate(model, { rowCount: 1, columns })).toThrow("the data does not fit the model");
  expect(() => evaluate(model, { rowCount: 60, columns: data.inputs.columns })).toThrow('no target column "y"');
});

import * as ort from "onnxruntime-web";
import { describe, expect, it } from "vitest";
import { categoryColumn, cellText, type TargetSpec, type Column, type Table } from "../../core/table/table.ts";
import type { Estimator } from "../../core/estimator.ts";
import type { Model } from "../../core/records/model.ts";
import { random } from "../../core/random.ts";
import type { TransformRequest } from "../../core/transform.ts";
import { isBaseline as isBaselineFamily } from "../../estimators/findEstimator.ts";
import { estimators } from "../../estimators/index.ts";
import { featureMatrix } from "../../features/compileTransforms.ts";
import { fitCandidate, type Candidate } from "../fit/fitCandidate.ts";
import { predictor } from "../predict/predictor.ts";
import { signatureOf } from "../rows/signatureOf.ts";
import { exportOnnx } from "./exportOnnx.ts";

/** A single thread needs no worker file. */
ort.env.wasm.numThreads = 1;

const ROWS = 240;

/** Numbers, a date and two text columns, some with gaps; rows from 220 on have a city not seen in training. */
function exampleTable(): Table {
  const { normal, integer } = random(7);
  const numbers = (name: string, of: (row: number) => number): Column => ({
    kind: "number",
    name,
    values: Float64Array.from({ length: ROWS }, (_, row) => of(row)),
  });
  const texts = (name: string, of: (row: number) => string | null): Column =>
    categoryColumn(
      name,
      Array.from({ length: ROWS }, (_, row) => of(row)),
    );
  const columns: Column[] = [
    numbers("a", () => normal()),
    numbers("b", (row) => (row % 7 === 0 ? NaN : 1000 + 200 * normal())),
    numbers("size", () => Math.exp(2 * normal())),
    texts("city", (row) => (row >= 220 ? "bern" : ["oslo", "rome", "lima"][integer(3)]!)),
    {
      kind: "date",
      name: "when",
      // Leap days, turns of centuries, dates before 1970, and gaps.
      values: Float64Array.from({ length: ROWS }, (_, row) =>
        row % 11 === 3 ? NaN : Date.UTC(1896 + row, row % 12, 27 + (row % 5), row % 24, row % 60),
      ),
    },
    texts("grade", (row) => (row % 5 === 0 ? null : ["low", "mid", "high"][integer(3)]!)),
  ];
  return { rowCount: ROWS, columns };
}

const table = exampleTable();
const dropDate: TransformRequest = { type: "drop", options: { column: "when" } };
const targets = {
  regression: { name: "y", task: "regression" },
  binary: { name: "y", task: "binary", classes: ["no", "yes"] },
  multiclass: { name: "y", task: "multiclass", classes: ["red", "green", "blue"] },
} as const satisfies Record<string, TargetSpec>;

type TaskName = keyof typeof targets;

function labels(task: TaskName): Float64Array {
  const { normal } = random(11);
  const [a, b] = [table.columns[0]!, table.columns[1]!].map((column) => (column as { values: Float64Array }).values);
  const score = Float64Array.from({ length: ROWS }, (_, row) => {
    const city = cellText(table.columns[3]!, row) === "rome" ? 1 : 0;
    return a![row]! + city + (Number.isNaN(b![row]!) ? 1 : b![row]! / 1000) + 0.5 * normal();
  });
  if (task === "regression") return score.map((value) => 100 * value);
  return score.map((value) => (task === "binary" ? (value > 1.5 ? 1 : 0) : value < 1 ? 0 : value < 2 ? 1 : 2));
}

async function fitted(task: TaskName, changes: Partial<Candidate>, y = labels(task)): Promise<Model> {
  const candidate = {
    family: "xgboost",
    params: {},
    featureSet: "all",
    featurePatterns: null,
    features: null,
    threshold: 0.4,
    metric: task === "regression" ? "rmse" : "f1",
    seed: 3,
    ...changes,
  };
  const rows = Int32Array.from({ length: 200 }, (_, row) => row);
  const split = { training: rows, validation: Int32Array.from({ length: 40 }, (_, row) => 200 + row) };
  const data = { inputs: table, y, target: targets[task] };
  const { transforms, estimator, threshold, calibration } = await fitCandidate(candidate, data, split);
  const model = {
    codeVersion: "0.0.0",
    sha256: "0",
    signature: signatureOf(table, targets[task], { nullValues: [""], normalizeNames: false }),
    transforms,
    estimator,
    threshold,
    ...(calibration === undefined ? {} : { calibration }),
  };
  // The export does not use the other fields of a model.
  return model as Model;
}

/** Inputs as a caller provides them: one tensor per column, with NaN and "" for missing values. */
function feeds(names: readonly string[]): Record<string, ort.Tensor> {
  const columns = table.columns.filter(({ name }) => names.includes(name));
  return Object.fromEntries(
    columns.map((column) => {
      const shape = [ROWS, 1];
      const texts = Array.from({ length: ROWS }, (_, row) => cellText(column, row) ?? "");
      const tensor =
        column.kind === "category"
          ? new ort.Tensor("string", texts, shape)
          : new ort.Tensor("float64", column.values, shape);
      return [column.name, tensor];
    }),
  );
}

/** Compares every prediction of ONNX Runtime with ours, to a relative 1e-5: trees and sums are float32 in both. */
async function expectEqualPredictions(model: Model, from: "columns" | "features" = "columns"): Promise<void> {
  const { bytes } = exportOnnx(model, { from });
  const session = await ort.InferenceSession.create(bytes);
  const matrix = featureMatrix(table, model.transforms);
  const given =
    from === "columns"
      ? feeds(session.inputNames)
      : { features: new ort.Tensor("float64", matrix.values, [ROWS, matrix.columnNames.length]) };
  const results = await session.run(given);
  const { yPred, probabilities } = predictor(model)(table);
  const { classes, task } = model.signature.target;
  const close = (mine: number, theirs: number): boolean =>
    Math.abs(mine - theirs) <= 1e-5 * Math.max(1, Math.abs(mine));
  if (classes === undefined) {
    const values = Array.from(results["prediction"]!.data as Float64Array);
    expect(values.filter((value, row) => !close(yPred[row]!, value))).toEqual([]);
    return;
  }
  const shares = Array.from(results["probabilities"]!.data as Float64Array);
  const ours =
    task === "binary" ? Array.from(probabilities!, (share) => [1 - share, share]).flat() : [...probabilities!];
  expect(shares.length).toBe(ours.length);
  expect(shares.filter((share, i) => !close(ours[i]!, share))).toEqual([]);
  expect(results["prediction"]!.data).toEqual(Array.from(yPred, (code) => classes[code]!));
  expect(new Set(yPred).size).toBeGreaterThan(isBaselineFamily(model.estimator.family) ? 0 : 1);
}

describe("exportOnnx", () => {
  const exported = Object.values<Estimator>(estimators).flatMap(({ family, isBaseline, tasks, toOnnx }) =>
    toOnnx === undefined ? [] : tasks.map((task) => ({ family, task, isBaseline })),
  );
  it.each(exported)(
    "exports $family for $task: ONNX Runtime gives the same predictions, from columns and from features",
    async ({ family, task, isBaseline }) => {
      const model = await fitted(task, { family, params: family === "xgboost" ? { n_estimators: 40 } : {} });
      await expectEqualPredictions(model);
      if (!isBaseline) await expectEqualPredictions(model, "features");
    },
  );

  it.each(["regression", "binary", "multiclass"] as const)("exports an ensemble for %s", async (task) => {
    const linear = task === "regression" ? "ridge" : "logistic_regression";
    const members: { family: string; params: Record<string, number>; weight: number }[] = [
      { family: "xgboost", params: { n_estimators: 30 }, weight: 0.5 },
      { family: linear, params: {}, weight: 0.3 },
      { family: "xgboost", params: { n_estimators: 20, max_depth: 2 }, weight: 0.2 },
    ];
    const model = await fitted(task, { family: "ensemble", params: { members } });
    await expectEqualPredictions(model);
    await expectEqualPredictions(model, "features");
  });

  it("exports the exponential of objectives with log link", async () => {
    const params = { n_estimators: 20, objective: "reg:tweedie" };
    const shifted = labels("regression").map((value) => Math.max(0, value));
    await expectEqualPredictions(await fitted("regression", { params }, shifted));
  });

  it("exports the calibration and the tuned threshold", async () => {
    const tuned = { family: "logistic_regression", calibration: "sigmoid", threshold: "tune" } as const;
    await expectEqualPredictions(await fitted("binary", tuned));
  });

  const chains: Record<string, readonly TransformRequest[]> = {
    "impute with an indicator, clip, standardize": [
      { type: "impute", options: { columns: ["b"], strategy: "mean", indicator: true } },
      { type: "clip", options: { columns: ["a", "b"], lower_quantile: 0.1, maximum: 1200 } },
      { type: "standardize", options: { columns: ["a", "b"] } },
    ],
    ratio: [
      { type: "ratio", options: { columns: ["a", "b"], by: "size" } },
      { type: "ratio", options: { column: "size", by: "a" } },
    ],
    "log, cyclical": [
      { type: "log", options: { columns: ["a"], method: "signed_log1p" } },
      { type: "log", options: { columns: ["size"], method: "log10" } },
      { type: "cyclical", options: { columns: ["b"], period: 97, keep: true } },
    ],
    "date_parts with all parts": [
      {
        type: "date_parts",
        options: {
          column: "when",
          parts: ["year", "quarter", "month", "day", "day_of_week", "is_weekend", "hour", "days_since_1970"],
        },
      },
    ],
    "ordinal, target_encode": [
      { type: "ordinal", options: { columns: ["grade"], order: ["low", "mid", "high"] } },
      { type: "target_encode", options: { columns: ["city"] } },
    ],
    "map, group": [
      { type: "map", options: { columns: ["grade"], values: { low: 1, high: 3 }, otherwise: 2, missing: -1 } },
      { type: "group", options: { columns: ["city"], groups: { north: ["oslo"] } } },
    ],
    "group of rare categories, map to strings, drop": [
      { type: "group", options: { columns: ["grade"], groups: { top: ["high", "mid"] }, min_count: 90 } },
      { type: "map", options: { columns: ["city"], values: { oslo: "cold", rome: "warm" }, otherwise: "far" } },
      { type: "drop", options: { columns: ["size"] } },
    ],
  };
  it.each(Object.entries(chains))("exports the transforms %s", async (_words, requests) => {
    const withoutDates = requests.some(({ type }) => type === "date_parts") ? [] : [dropDate];
    const features = [...requests, ...withoutDates, { type: "one_hot", options: {} }];
    // Trees, because values can be missing after log or ordinal.
    await expectEqualPredictions(await fitted("binary", { features, params: { n_estimators: 20 } }));
  });

  it("exports a selection of one-hot columns", async () => {
    const features = [dropDate, { type: "impute", options: {} }, { type: "one_hot", options: {} }];
    const featurePatterns = ["a", "city=rome", "grade=*"];
    const model = await fitted("binary", { family: "logistic_regression", features, featurePatterns });
    await expectEqualPredictions(model);
    expect(exportOnnx(model, { from: "columns" }).inputs.map(({ name }) => name)).toEqual(["a", "city", "grade"]);
  });

  it("names an unsupported transform; exporting from features still works", async () => {
    const features: TransformRequest[] = [
      dropDate,
      { type: "hash_text", options: { column: "city", buckets: 4 } },
      { type: "one_hot", options: {} },
    ];
    const model = await fitted("binary", { features, params: { n_estimators: 5 } });
    expect(() => exportOnnx(model, { from: "columns" })).toThrow(
      'ONNX export does not support the transform "hash_text"',
    );
    await expectEqualPredictions(model, "features");
  });

  it("gives the same bytes again, and output names that differ from column names", async () => {
    const model = await fitted("regression", { family: "ridge" });
    const bytes = (of: Model): Uint8Array => exportOnnx(of, { from: "columns" }).bytes;
    expect(bytes(model)).toEqual(bytes(model));
    const inputs = model.signature.inputs.map((spec) => (spec.name === "a" ? { ...spec, name: "prediction" } : spec));
    const transforms = JSON.parse(JSON.stringify(model.transforms).replaceAll('"name":"a"', '"name":"prediction"'));
    const renamed = { ...model, signature: { ...model.signature, inputs }, transforms } as Model;
    const { outputs } = exportOnnx(renamed, { from: "columns" });
    expect(outputs.map(({ name }) => name)).toEqual(["prediction_"]);
  });
});

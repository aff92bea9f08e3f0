import { describe, expect, it } from "vitest";
import type { Json } from "../../core/json.ts";
import type { Model } from "../../core/records/model.ts";
import type { Prediction } from "../../core/metric.ts";
import type { Signature, TargetSpec, Table } from "../../core/table/table.ts";
import type { RowBatch } from "../../data/rowBatch.ts";
import { checkRows, guardPolicy, warnPolicy } from "./checkRows.ts";
import { rowPredictor, type PredictedBatch } from "./rowPredictor.ts";

const reading = { nullValues: [""], normalizeNames: false };
const inputs: Signature["inputs"] = [
  { name: "x", kind: "number", minimum: 0, maximum: 10, missingShare: 0 },
  { name: "city", kind: "category", categories: ["oslo", "rome"], missingShare: 0 },
];
const binary: TargetSpec = { name: "y", task: "binary", classes: ["no", "yes"] };

/** Probability x / 10, so that each prediction shows which row it belongs to. */
function predictX({ rowCount, columns }: Table): Prediction {
  const [x] = columns;
  const probabilities = x?.kind === "number" ? x.values.map((value) => (value || 0) / 10) : new Float64Array(rowCount);
  return { probabilities, yPred: probabilities.map((share) => (share >= 0.5 ? 1 : 0)) };
}

it("warns of a date before the training range and long after it, also in the time column", () => {
  const DAY = 86_400_000;
  const at = { name: "at", kind: "date", minimum: 20_000 * DAY, maximum: 20_100 * DAY, missingShare: 0 } as const;
  const model = { signature: { inputs: [at], target: binary, reading }, transforms: [] } as unknown as Model;
  const check = checkRows(model, ["at"], warnPolicy);
  const { warnings } = check([["2024-11-01"], ["2025-03-01"], ["2020-01-01"], ["9999-12-31"]]);
  expect(warnings.map(({ row, check: of }) => [row, of])).toEqual([
    [2, "range"],
    [3, "range"],
  ]);
});

function rowPredictorOf(guard: boolean, target = binary, predict = predictX) {
  const model = { signature: { inputs, target, reading }, transforms: [] } as unknown as Model;
  return rowPredictor(model, { policy: guard ? guardPolicy : warnPolicy }, predict);
}

/** Rows from line 2 on, as CSV gives them. */
function batch(rows: readonly (readonly Json[])[], columns = ["x", "city"], firstLine = 2): RowBatch {
  return { columns, rows: rows.map((values, i) => ({ line: firstLine + i, values })) };
}

/** Each row with its prediction. */
const whole = ({ rows, sources }: PredictedBatch) => rows.map((row, i) => [...row, ...sources.added[i]!]);
const rejections = ({ rejected }: PredictedBatch) => rejected.map(({ row, reason }) => `${row.line}: ${reason}`);

describe("predictions", () => {
  it("stand behind the row as it came: class and probability of the positive class", () => {
    const predicted = rowPredictorOf(false).predict(
      batch([
        ["7", "oslo"],
        ["2", "rome"],
      ]),
    );
    expect(predicted.columns).toEqual(["x", "city", "prediction", "probability"]);
    expect(whole(predicted)).toEqual([
      ["7", "oslo", "yes", 0.7],
      ["2", "rome", "no", 0.2],
    ]);
  });

  it("give the probability of the predicted class and of each if there are more than two", () => {
    const target: TargetSpec = { name: "y", task: "multiclass", classes: ["a", "b", "c"] };
    const probabilities = Float64Array.of(0.2, 0.7, 0.1, 0.3, 0.3, 0.4);
    const many = rowPredictorOf(false, target, () => ({ yPred: Float64Array.of(1, 2), probabilities }));
    const predicted = many.predict(
      batch([
        ["1", "oslo"],
        ["2", "rome"],
      ]),
    );
    expect(predicted.columns.slice(2)).toEqual([
      "prediction",
      "probability",
      "probability_a",
      "probability_b",
      "probability_c",
    ]);
    expect(predicted.sources.added).toEqual([
      ["b", 0.7, 0.2, 0.7, 0.1],
      ["c", 0.4, 0.3, 0.3, 0.4],
    ]);
  });

  it("are one number in a regression", () => {
    const target: TargetSpec = { name: "y", task: "regression" };
    const one = rowPredictorOf(false, target, () => ({ yPred: Float64Array.of(2.5), probabilities: null }));
    const predicted = one.predict(batch([["1", "oslo"]]));
    expect(predicted.columns.slice(2)).toEqual(["prediction"]);
    expect(whole(predicted)).toEqual([["1", "oslo", 2.5]]);
  });

  it("keep columns that the model does not know, and fill what a JSON row leaves out", () => {
    const all = rowPredictorOf(false);
    const predicted = all.predict(
      batch(
        [
          ["id1", "rome", "3"],
          ["id2", "oslo"],
        ],
        ["id", "city", "x"],
      ),
    );
    expect(whole(predicted)[0]).toEqual(["id1", "rome", "3", "no", 0.3]);
    expect(predicted.rows[1]).toEqual(["id2", "oslo", null]);
  });

  it("get another name where the rows have a column of that name already, with a note", () => {
    const predictor = rowPredictorOf(false);
    const { columns } = predictor.predict(batch([["1", "oslo", "yes"]], ["x", "city", "prediction"]));
    expect(columns.slice(0, 4)).toEqual(["x", "city", "prediction", "prediction_2"]);
    expect(predictor.notes()).toContain(
      'the rows have a column called "prediction": the column that is added is called "prediction_2"',
    );
  });
});

describe("without guard", () => {
  it("rejects rows that cannot be read", () => {
    const rows = batch([
      ["1", "oslo"],
      ["many", "rome"],
      ["more", "rome"],
    ]);
    expect(rejections(rowPredictorOf(false).predict(rows))).toEqual([
      '3: column "x": "many" is not a number',
      '4: column "x": "more" is not a number',
    ]);
  });

  it("rejects a ragged row", () => {
    const ragged: RowBatch = { columns: ["x", "city"], rows: [{ line: 9, values: ["1"], problem: "too few values" }] };
    expect(rejections(rowPredictorOf(false).predict(ragged))).toEqual(["9: too few values"]);
  });

  it("rejects a row whose prediction is not a finite number", () => {
    const target: TargetSpec = { name: "y", task: "regression" };
    const one = rowPredictorOf(false, target, () => ({ yPred: Float64Array.of(NaN, 2), probabilities: null }));
    const result = one.predict(
      batch([
        ["1", "oslo"],
        ["2", "rome"],
      ]),
    );
    expect(rejections(result)).toEqual(["2: the model's prediction is not a finite number"]);
    expect(whole(result)).toEqual([["2", "rome", 2]]);
  });

  it("predicts unusual rows, and warns once of each kind with the number and the first place over all batches", () => {
    const all = rowPredictorOf(false);
    all.predict(
      batch([
        ["11", "oslo"],
        ["12", "rome"],
        ["3", "roma"],
      ]),
    );
    all.predict(
      batch(
        [
          ["-1", "rome"],
          ["5", "oslo"],
        ],
        ["x", "city"],
        5,
      ),
    );
    expect(all.rows()).toBe(5);
    expect(all.warnings()).toEqual([
      '3 rows outside the training range in column "x", first: line 2: 11 is outside the training range, 0 to 10',
      '1 row with a category not seen in training in column "city", first: line 4: "roma" was not seen in training; did you mean "rome"?',
    ]);
  });
});

it("a missing value where training had none is counted, also of JSON rows without the key, unless unseen values are ignored", () => {
  const rows = batch([["7"], ["7", null], ["7", "oslo"]]);
  const lenient = rowPredictorOf(false);
  lenient.predict(rows);
  expect(lenient.warnings()).toEqual([
    '2 rows with a missing value in column "city", first: line 2: no value was missing in training',
  ]);
  const model = { signature: { inputs, target: binary, reading }, transforms: [] } as unknown as Model;
  const check = checkRows(model, ["x", "city"], { ...guardPolicy, unseen: "ignore" });
  expect(check([["7", null]])).toMatchObject({ errors: [], warnings: [] });
});

describe("with guard", () => {
  it("rejects every unusual row with all its reasons, predicts the others, and counts both", () => {
    const guarded = rowPredictorOf(true);
    const result = guarded.predict(
      batch([
        ["11", "lima"],
        ["7", "oslo"],
        ["", "rome"],
        ["x", "rome"],
      ]),
    );
    expect(rejections(result)).toEqual([
      '2: column "x": 11 is outside the training range, 0 to 10; column "city": "lima" was not seen in training',
      '5: column "x": "x" is not a number',
    ]);
    expect(result.rows.map((row) => row[0])).toEqual(["7", ""]);
    expect(whole(result)[0]).toEqual(["7", "oslo", "yes", 0.7]);
    expect([guarded.rows(), guarded.rejected()]).toEqual([2, 2]);
    expect(guarded.warnings()).toEqual([
      '1 row with a missing value in column "x", first: line 4: no value was missing in training',
      expect.stringMatching(/^2 rows rejected, first: line 2: column "x"/),
    ]);
  });

  it("gives a ragged row its own reason only", () => {
    const rows: RowBatch = {
      columns: ["x", "city"],
      rows: [
        { line: 2, values: ["99"], problem: "too few values" },
        { line: 3, values: ["1", "oslo"] },
      ],
    };
    const result = rowPredictorOf(true).predict(rows);
    expect(rejections(result)).toEqual(["2: too few values"]);
    expect(result.rows).toHaveLength(1);
  });
});

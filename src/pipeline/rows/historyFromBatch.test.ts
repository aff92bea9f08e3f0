/** Adding the batch to the history gives each row the same features as a model trained on all rows before it. */
import { expect, it } from "vitest";
import { type Column, type Table, categoryColumn } from "../../core/table/table.ts";
import { featureMatrix } from "../../features/compileTransforms.ts";
import type { TransformRequest } from "../../core/transform.ts";
import { fitTransforms } from "../../testing/fitTransforms.ts";
import type { Model } from "../../core/records/model.ts";
import { historyFromBatch } from "./rowsInReach.ts";

const days = [0, 2, 5, 6, 100, 101, 103, 103.5, 110];
const y = [5, 1, 4, 2, 8, 3, 9, 7, 6];
const flags = ["None", "None", "None", "None", "None", "None", "Feast", "None", "None"];
const requests: TransformRequest[] = [
  { type: "flag_day", options: { column: "flag" } },
  { type: "map", options: { column: "flag", values: { None: 0 }, otherwise: 1 } },
  { type: "rolling", options: { windows: ["3d", "10d"], empty: "skip" } },
  { type: "lag", options: { lags: [1, 2] } },
  { type: "elapsed", options: { lags: [1] } },
];

function tableOf(from: number, to: number): Table {
  const time = Float64Array.from(days.slice(from, to), (day) => day * 86_400_000);
  return {
    rowCount: to - from,
    columns: [{ kind: "date", name: "at", values: time }, categoryColumn("flag", flags.slice(from, to))],
  };
}

function fittedOn(rows: number) {
  const table = tableOf(0, rows);
  const target: Column = { kind: "number", name: "y", values: Float64Array.from(y.slice(0, rows)) };
  const time = (table.columns[0] as Column & { kind: "date" }).values;
  const history = { timeColumn: "at", time, columns: { ...table, columns: [...table.columns, target] } };
  return fitTransforms(table, requests, { task: "regression", seed: 1, target: "y", history });
}

it("gives later rows the same features as if all rows were in the history", () => {
  const model = { signature: { target: { name: "y" } }, transforms: fittedOn(4) } as unknown as Model;
  const later = tableOf(4, 9);
  const extended = historyFromBatch(model, { inputs: later, table: later, y: Float64Array.from(y.slice(4)) });
  const whole = featureMatrix(later, fittedOn(9));
  expect(featureMatrix(later, extended.transforms)).toEqual(whole);
  // Day 103.5 by hand: its day is a feast; 8 is 3.5 days ago, 3 and 9 less than 3 days; lags are 9 and 3; 0.5 days
  // elapsed.
  expect(Object.fromEntries(whole.columnNames.map((name, i) => [name, whole.values[18 + i]]))).toEqual({
    flag: 1,
    y_rolling_3d: 6,
    y_rolling_10d: 20 / 3,
    y_lag_1: 9,
    y_lag_2: 3,
    elapsed_1: 0.5,
  });
});

it("keeps rows that the model has already and does not modify its state", () => {
  const transforms = fittedOn(4);
  const before = JSON.stringify(transforms);
  const again = tableOf(0, 4);
  const model = { signature: { target: { name: "y" } }, transforms } as unknown as Model;
  const extended = historyFromBatch(model, { inputs: again, table: again, y: Float64Array.from([9, 9, 9, 9]) });
  expect(extended.transforms).toEqual(transforms);
  expect(JSON.stringify(transforms)).toBe(before);
});

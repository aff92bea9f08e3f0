/** Features that look back in time: lag, elapsed and rolling, on irregular dates with two rows on one day. */
import { describe, expect, it } from "vitest";
import { categoryColumn, type Column, type Table } from "../core/table/table.ts";
import type { History, TransformContext, TransformOptions } from "../core/transform.ts";
import { featureMatrix, historyGaps } from "./compileTransforms.ts";
import { fitTransforms } from "../testing/fitTransforms.ts";
import { requiredColumns } from "./fitTransforms.ts";
import { rowsWithHistory } from "../pipeline/rows/rowsInReach.ts";

const days = ["2024-01-01", "2024-01-03", "2024-01-03", "2024-01-10", "2024-02-20", "2024-02-25"];
const y = [4, 8, 6, 2, 10, 12];
const training = rowsAt(...days);

function contextOf(values: readonly number[], table: Table = training): TransformContext {
  const time = table.columns[0] as Column & { kind: "date" };
  const target: Column = { kind: "number", name: "y", values: Float64Array.from(values) };
  const history: History = {
    timeColumn: "date",
    time: time.values,
    columns: { ...table, columns: [...table.columns, target] },
  };
  return { task: "regression", seed: 1, target: "y", history };
}

function rowsAt(...dates: readonly string[]): Table {
  return {
    rowCount: dates.length,
    columns: [{ kind: "date", name: "date", values: Float64Array.from(dates, (day) => Date.parse(day)) }],
  };
}

const step = (type: string, options: TransformOptions = {}) => ({ type, options });

/** Feature values of `table` by name, from transforms fitted on all six rows. */
function features(requests: readonly ReturnType<typeof step>[], table = training, context = contextOf(y)) {
  const { columnNames, values, rowCount } = featureMatrix(table, fitTransforms(training, requests, context));
  return Object.fromEntries(
    columnNames.map((name, at) => [
      name,
      Array.from({ length: rowCount }, (_, row) => values[row * columnNames.length + at]),
    ]),
  );
}

describe("lag", () => {
  it("gives the last values before the time of the row; rows of the same day do not see each other", () => {
    expect(features([step("lag", { lags: [1, 2] })])).toEqual({
      y_lag_1: [NaN, 4, 4, 6, 2, 10],
      y_lag_2: [NaN, NaN, NaN, 8, 6, 2],
    });
  });

  it("needs only a date, on a past or future day", () => {
    expect(features([step("lag")], rowsAt("2024-01-03", "2024-01-03T00:00:01Z", "2030-01-01"))).toEqual({
      y_lag_1: [4, 6, 12],
    });
    const fitted = fitTransforms(training, [step("lag")], contextOf(y));
    expect([...requiredColumns(fitted)]).toEqual(["date"]);
  });

  it("does not depend on its own row or a later one", () => {
    const requests = [step("lag", { lags: [1, 2] }), step("rolling", { windows: ["7d", "30d"] }), step("elapsed")];
    for (let row = 0; row < y.length; row++) {
      const others = y.map((value, i) => (days[i]! >= days[row]! ? value + 1000 * (i + 1) : value));
      const changed = features(requests, training, contextOf(others));
      for (const [name, values] of Object.entries(features(requests)))
        expect(changed[name]![row], name).toBe(values[row]);
    }
  });

  it("depends on every earlier row", () => {
    const later = (values: readonly number[]) =>
      features([step("lag", { lags: [1, 2, 3, 4, 5, 6] })], rowsAt("2024-03-01"), contextOf(values));
    for (let row = 0; row < y.length; row++) expect(later(y.with(row, 99))).not.toEqual(later(y));
  });

  it("skips missing values, and accepts any number column", () => {
    const table: Table = {
      ...training,
      columns: [...training.columns, { kind: "number", name: "x", values: Float64Array.of(1, NaN, 3, NaN, 5, 6) }],
    };
    const fitted = fitTransforms(
      table,
      [step("select", { column: "date" }), step("lag", { column: "x" })],
      contextOf(y, table),
    );
    expect([...featureMatrix(rowsAt("2024-01-04", "2024-02-25"), fitted).values]).toEqual([3, 5]);
  });

  it("needs a time_column that contains dates and is still available", () => {
    const { history: _, ...without } = contextOf(y);
    expect(() => fitTransforms(training, [step("lag")], without)).toThrow(
      "features[0] (lag): looks back in time, but there is no time_column with dates",
    );
    expect(() => fitTransforms(training, [step("date_parts"), step("lag")], contextOf(y))).toThrow(
      'time_column "date" is no longer available',
    );
    const text: Table = { rowCount: 6, columns: [categoryColumn("date", days)] };
    expect(() => fitTransforms(text, [step("lag")], contextOf(y))).toThrow('time_column "date" is not a date');
    expect(() => fitTransforms(training, [step("lag", { column: "z" })], contextOf(y))).toThrow('no column "z"');
  });
});

it("elapsed gives the time since earlier rows", () => {
  expect(features([step("elapsed", { lags: [1, 3] })])).toEqual({
    elapsed_1: [NaN, 2, 2, 7, 41, 5],
    elapsed_3: [NaN, NaN, NaN, 9, 48, 53],
  });
  expect(features([step("elapsed", { unit: "hours" })], rowsAt("2024-02-25T12:00Z"))).toEqual({ elapsed_1: [12] });
});

describe("rolling", () => {
  // s = pd.Series([4., 8., 6., 2., 10., 12.], index=pd.to_datetime(days)); rows of one day all get the value of the first,
  // since in pandas the second would see the first. s.rolling(w, min_periods=1, closed="left").mean() and so on.
  it.each([
    ["mean", [NaN, 4, 4, 7, NaN, 10], [NaN, 4, 4, 6, NaN, 10]],
    ["min", [NaN, 4, 4, 6, NaN, 10], [NaN, 4, 4, 4, NaN, 10]],
    ["max", [NaN, 4, 4, 8, NaN, 10], [NaN, 4, 4, 8, NaN, 10]],
    ["median", [NaN, 4, 4, 7, NaN, 10], [NaN, 4, 4, 6, NaN, 10]],
    ["std", [NaN, NaN, NaN, Math.SQRT2, NaN, NaN], [NaN, NaN, NaN, 2, NaN, NaN]],
    ["count", [0, 1, 1, 2, 0, 1], [0, 1, 1, 3, 0, 1]],
  ])("gives the %s of each window, including its first instant, excluding the row itself", (statistic, week, month) => {
    const prefix = `y_rolling_${statistic === "mean" ? "" : `${statistic}_`}`;
    const found = features([step("rolling", { windows: ["7d", "30d"], statistic, fallback: "none" })]);
    expect(Object.keys(found)).toEqual([`${prefix}7d`, `${prefix}30d`]);
    expect(found).toEqual({ [`${prefix}7d`]: week, [`${prefix}30d`]: month });
  });

  it("fills an empty window from the next longer one, in any order of windows", () => {
    const found = features([step("rolling", { windows: ["60d", "1d", "1w"] })]);
    expect(found).toEqual({
      y_rolling_60d: [NaN, 4, 4, 6, 5, 6],
      y_rolling_1d: [NaN, 4, 4, 7, 5, 10],
      y_rolling_1w: [NaN, 4, 4, 7, 5, 10],
    });
  });

  it("makes later steps skip rows with empty windows with empty=skip", () => {
    const requests = (empty: string) => [step("rolling", { windows: ["30d"], empty }), step("lag")];
    expect(features(requests("keep"))["y_lag_1"]).toEqual([NaN, 4, 4, 6, 2, 10]);
    // The first row and the row of February 20 have no rows in the thirty days before.
    expect(features(requests("skip"))["y_lag_1"]).toEqual([NaN, NaN, NaN, 6, 2, 2]);
  });

  it("rejects a window that is not a duration", () => {
    expect(() => features([step("rolling", { windows: ["30 days"] })])).toThrow(
      'window "30 days" is not a valid duration',
    );
  });
});

describe("too little history", () => {
  it("is reported for each row, with what is missing", () => {
    const requests = [step("rolling", { windows: ["7d", "30d"] }), step("lag", { lags: [2] })];
    expect([...rowsWithHistory(training, requests, contextOf(y))]).toEqual([3, 5]);
    expect([...rowsWithHistory(training, [step("date_parts")], contextOf(y))]).toEqual([0, 1, 2, 3, 4, 5]);
    const gaps = historyGaps(fitTransforms(training, requests, contextOf(y)))!;
    expect(
      gaps(rowsAt("2024-01-01", "2024-01-02", "2024-02-26", "2024-06-01")).map((gap) => gap?.message ?? null),
    ).toEqual([
      '2024-01-01: no value of "y" in the 30 days before it; the history goes from 2024-01-01 to 2024-02-25',
      '2024-01-02: only 1 of 2 values of "y" before it; the history goes from 2024-01-01 to 2024-02-25',
      null,
      '2024-06-01: no value of "y" in the 30 days before it; the history goes from 2024-01-01 to 2024-02-25',
    ]);
    expect(
      gaps({ rowCount: 1, columns: [{ kind: "date", name: "date", values: Float64Array.of(NaN) }] })[0]!.kind,
    ).toBe("missing");
  });

  it("is stale if the last value is older than for any training row", () => {
    const gaps = historyGaps(fitTransforms(training, [step("lag")], contextOf(y)))!;
    // The longest wait in training: January 10 to February 20, 41 days; February 25 + 41 days is April 6.
    expect(gaps(rowsAt("2024-04-06", "2024-04-07"))).toEqual([
      null,
      {
        kind: "stale",
        message: '2024-04-07: the last "y" before it is 42 days old (2024-02-25), in training it was at most 41',
      },
    ]);
  });

  it("is not defined for a model that does not look back", () => {
    expect(historyGaps(fitTransforms(training, [step("date_parts")], contextOf(y)))).toBeUndefined();
  });
});

it("drops the date column if no transform replaced it", () => {
  expect(Object.keys(features([step("lag"), step("date_parts", { parts: ["month"] })]))).toEqual(["month", "y_lag_1"]);
  expect(Object.keys(features([step("lag"), step("select", { columns: ["y_lag_*"] })]))).toEqual(["y_lag_1"]);
});

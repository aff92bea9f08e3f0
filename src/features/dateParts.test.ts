import { describe, expect, it } from "vitest";
import type { Column, DateColumn, NumberColumn } from "../core/table/table.ts";
import type { TransformOptions } from "../core/transform.ts";
import { dateParts } from "./dateParts.ts";

const instants = [
  "2012-10-02T09:00:00.000Z",
  "2016-02-29T23:59:59.999Z",
  "1969-12-31T00:00:00.000Z",
  "2000-01-01T12:00:00.000Z",
  "2023-12-31T18:30:00.000Z",
];

describe("date_parts", () => {
  it("gives the same parts as pandas", () => {
    // d = pd.to_datetime(pd.Series([...instants])); [d.dt.year, d.dt.quarter, d.dt.month, d.dt.day, d.dt.dayofweek, d.dt.hour]
    const parts = ["year", "quarter", "month", "day", "day_of_week", "hour"];
    expect(partsOf(instants, { parts })).toEqual({
      year: [2012, 2016, 1969, 2000, 2023],
      quarter: [4, 1, 4, 1, 4],
      month: [10, 2, 12, 1, 12],
      day: [2, 29, 31, 1, 31],
      day_of_week: [1, 0, 2, 5, 6],
      hour: [9, 23, 0, 12, 18],
    });
    // (d.dt.dayofweek >= 5).astype(int); [v.value / 864e11 for v in d]
    expect(partsOf(instants, { parts: ["is_weekend", "days_since_1970"] })).toEqual({
      is_weekend: [0, 0, 0, 1, 1],
      days_since_1970: [15615.375, 16860.999999988428, -1, 10957.5, 19722.770833333332],
    });
  });

  it("chooses the parts that vary in training, but never days_since_1970", () => {
    const days = ["2024-03-04", "2024-03-05", "2024-03-06"];
    expect(Object.keys(partsOf(days))).toEqual(["day", "day_of_week"]);
  });

  it("makes no column of a constant date, unless parts are named", () => {
    expect(partsOf(["2024-03-04", "2024-03-04"])).toEqual({});
    expect(partsOf(["2024-03-04", "2024-03-04"], { parts: ["month"] })).toEqual({ month: [3, 3] });
  });

  it("gives missing parts for a missing date, including is_weekend", () => {
    const made = partsOf(["2024-03-04", null], { parts: ["year", "day_of_week", "is_weekend", "hour"] });
    expect(Object.values(made).map((values) => values[1])).toEqual([NaN, NaN, NaN, NaN]);
  });

  it("prefixes parts with the column name if there are several dates", () => {
    const table = { rowCount: 2, columns: [dateColumn("start", ["2024-03-04", "2025-03-04"]), dateColumn("end", [])] };
    const state = dateParts.fit(table, { parts: ["year"] }, context);
    expect(dateParts.outputNames(state)).toEqual(["start_year", "end_year"]);
  });

  it("prefixes parts with the column name if the plain name is taken", () => {
    const month: Column = { kind: "number", name: "month", values: Float64Array.of(1) };
    const table = { rowCount: 1, columns: [month, dateColumn("date", ["2024-03-04"])] };
    const state = dateParts.fit(table, { parts: ["month", "year"] }, context);
    expect(dateParts.outputNames(state)).toEqual(["date_month", "date_year"]);
  });

  it("uses the given prefix", () => {
    expect(Object.keys(partsOf(instants, { parts: ["year"], prefix: "drawn_" }))).toEqual(["drawn_year"]);
  });

  it("suggests a part if one is unknown", () => {
    expect(() => partsOf(instants, { parts: ["mont"] })).toThrow('parts is ["mont"], did you mean "month"?');
  });
});

const context = { task: "regression", seed: 1, target: "y" } as const;

function dateColumn(name: string, texts: readonly (string | null)[]): DateColumn {
  return { kind: "date", name, values: Float64Array.from(texts, (text) => (text === null ? NaN : Date.parse(text))) };
}

function partsOf(texts: readonly (string | null)[], options: TransformOptions = {}): Record<string, number[]> {
  const table = { rowCount: texts.length, columns: [dateColumn("date", texts)] };
  const state = dateParts.fit(table, options, context);
  const made = dateParts.load(state)(table).columns as NumberColumn[];
  return Object.fromEntries(made.map((column) => [column.name, [...column.values]]));
}

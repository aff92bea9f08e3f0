import { describe, expect, it } from "vitest";
import { categoryColumn, cellText, type Column, type Table } from "../core/table/table.ts";
import type { TransformContext, TransformOptions } from "../core/transform.ts";
import { flagDay } from "./flagDay.ts";
import { fitTransforms } from "../testing/fitTransforms.ts";

/** As in hourly traffic: the holiday is set only on the first hour of its day. */
const training = rowsOf([
  ["2016-07-03T23:00Z", "None", 0],
  ["2016-07-04T00:00Z", "Independence Day", 7],
  ["2016-07-04T01:00Z", "None", 0],
  ["2016-07-04T23:59Z", null, NaN],
  ["2016-07-05T00:00Z", "None", 0],
]);

function rowsOf(rows: readonly (readonly [string, string | null, number])[]): Table {
  const columns: Column[] = [
    { kind: "date", name: "time", values: Float64Array.from(rows, ([time]) => Date.parse(time)) },
    categoryColumn(
      "holiday",
      rows.map(([, holiday]) => holiday),
    ),
    { kind: "number", name: "level", values: Float64Array.from(rows, ([, , level]) => level) },
  ];
  return { rowCount: rows.length, columns };
}

function contextOf(table: Table): TransformContext {
  const time = table.columns[0] as Column & { kind: "date" };
  return {
    task: "regression",
    seed: 1,
    target: "y",
    history: { timeColumn: "time", time: time.values, columns: table },
  };
}

function extended(table: Table, name: string, options: TransformOptions = {}): (string | null)[] {
  const made = flagDay.load(flagDay.fit(training, { column: name, ...options }, contextOf(training)))(table);
  const column = made.columns.find((each) => each.name === name)!;
  return Array.from({ length: table.rowCount }, (_, row) => cellText(column, row));
}

describe("flag_day", () => {
  it("gives every row of a day the flag of one of its rows, and leaves other days unset", () => {
    const day = "Independence Day";
    expect(extended(training, "holiday")).toEqual(["None", day, day, day, "None"]);
    expect(extended(training, "level")).toEqual(["0", "7", "7", "7", "0"]);
  });

  it("prefers a row's own value, also on days after the history", () => {
    const later = rowsOf([
      ["2016-07-04T12:00Z", "Parade", 3],
      ["2016-12-25T12:00Z", "Christmas Day", 1],
      ["2016-12-25T13:00Z", "None", 0],
    ]);
    expect(extended(later, "holiday")).toEqual(["Parade", "Christmas Day", "None"]);
    expect(extended(later, "level")).toEqual(["3", "1", "0"]);
  });

  it("treats the values of `unset` as not set", () => {
    expect(extended(training, "holiday", { unset: ["Independence Day"] })).toEqual([
      "None",
      "None",
      "None",
      "None",
      "None",
    ]);
  });

  it("must come before steps that change its column", () => {
    const map = { type: "map", options: { column: "holiday", values: { None: 0 }, otherwise: 1 } };
    const flag = { type: "flag_day", options: { column: "holiday" } };
    expect(() => fitTransforms(training, [map, flag], contextOf(training))).toThrow(
      'column "holiday" contained text before an earlier step',
    );
    const fitted = fitTransforms(training, [flag, map], contextOf(training));
    expect(fitted.map(({ type }) => type)).toEqual(["select", "flag_day", "map", "drop"]);
    expect(() => fitTransforms(training, [{ type: "flag_day", options: {} }], contextOf(training))).toThrow(
      "no column given",
    );
  });
});

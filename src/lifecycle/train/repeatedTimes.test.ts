import { expect, it } from "vitest";
import { categoryColumn, type Table } from "../../core/table/table.ts";
import { repeatedTimes } from "./seriesSettings.ts";

const DAY = 86_400_000;
const at = (values: readonly number[]) => Float64Array.from(values, (day) => day * DAY);

/** Four days of two stores and of a weather that is different in both, and a target. */
function table(days = [0, 0, 1, 1, 2, 2, 3, 3]): Table {
  const count = days.length;
  const cells = <T>(cell: (row: number) => T): T[] => Array.from({ length: count }, (_, row) => cell(row));
  return {
    rowCount: count,
    columns: [
      { kind: "date", name: "day", values: at(days) },
      { kind: "number", name: "id", values: Float64Array.from(cells((row) => row)) },
      categoryColumn(
        "weather",
        cells(() => "fine"),
      ),
      categoryColumn(
        "store",
        cells((row) => "ab"[row % 2]!),
      ),
      { kind: "number", name: "y", values: Float64Array.from(cells((row) => row % 2)) },
    ],
  };
}

const notes = (rows: Table, ...features: { type: string; by?: string[] }[]) =>
  repeatedTimes(rows, { features, time_column: "day", target: "y" });
const lag = { type: "lag" };
const lagBy = { type: "lag", by: ["store"] };
const rolling = { type: "rolling" };
const impute = { type: "impute" };

it("names the column that tells series apart, and the line to write", () => {
  expect(notes(table(), impute, lag, rolling)).toEqual([
    '"day" has times that come twice, first: 1970-01-01, and features[1] (lag) and 1 more look back on all rows as one series; if "store" identifies several series, write "by": ["store"] there',
  ]);
});

it("names no column where only a few times come twice, as single events do", () => {
  expect(notes(table([0, 1, 2, 3, 4, 5, 6, 6]), lag)).toEqual([
    '"day" has times that come twice, first: 1970-01-07, and features[0] (lag) looks back on all rows as one series; if a column identifies several series, name it there in "by"',
  ]);
});

it("is silent where times come once, features have by, or nothing looks back", () => {
  expect(notes(table([0, 1, 2, 3, 4, 5, 6, 7]), lag)).toEqual([]);
  expect(notes(table(), lagBy)).toEqual([]);
  expect(notes(table(), impute)).toEqual([]);
  expect(repeatedTimes(table(), { features: [lag], time_column: null, target: "y" })).toEqual([]);
});

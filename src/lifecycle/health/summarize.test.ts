import { expect, it } from "vitest";
import { categoryColumn } from "../../core/table/table.ts";
import { atOnce } from "../../core/inTurns.ts";
import { summarizeInTurns } from "./dataFindings.ts";

const summarize = (table: Parameters<typeof summarizeInTurns>[0]) => atOnce(summarizeInTurns(table));

function numbers(...values: number[]) {
  return summarize({
    rowCount: values.length,
    columns: [{ kind: "number", name: "x", values: Float64Array.from(values) }],
  });
}

it("matches pandas for numbers", () => {
  // s = pandas.Series([3.5, nan, -1, 10, 4, 4, nan, 7.25]); s.describe(), s.isna().mean()
  const values = Float64Array.of(3.5, NaN, -1, 10, 4, 4, NaN, 7.25);
  const { summary, missing } = summarize({ rowCount: 8, columns: [{ kind: "number", name: "s", values }] });
  expect(summary.s).toEqual({
    mean: 4.625,
    median: 4,
    standardDeviation: expect.closeTo(3.727432091936753, 14), // sums of six doubles in another order
    minimum: -1,
    q25: 3.625,
    q75: 6.4375,
    maximum: 10,
  });
  expect(missing).toEqual({ s: 0.25 });
});

it("counts categories of ten rows or more, most frequent first, ties by name", () => {
  // pandas.Series(10 * ["b", "a", None, "b", "c", "a"] + 9 * ["d"]).value_counts() → b 20, a 20, c 10, d 9
  const ten = Array.from({ length: 10 }, () => ["b", "a", null, "b", "c", "a"]).flat();
  const columns = [categoryColumn("t", [...ten, ...Array.from({ length: 9 }, () => "d")])];
  const { summary, missing } = summarize({ rowCount: 69, columns });
  expect(summary.t).toEqual({
    distinct: 4,
    top: [
      ["a", 20],
      ["b", 20],
      ["c", 10],
    ],
  });
  expect(missing).toEqual({ t: 10 / 69 });
});

it("lists at most ten categories, and counts all", () => {
  const columns = [
    categoryColumn(
      "t",
      Array.from({ length: 120 }, (_, i) => (i % 12).toString(36)),
    ),
  ];
  const { t } = summarize({ rowCount: 120, columns }).summary;
  expect(t).toMatchObject({ distinct: 12, top: { length: 10 } });
});

it("returns null for columns without values, for the deviation of one value, and 0 missing for no rows", () => {
  const nothing = {
    mean: null,
    median: null,
    standardDeviation: null,
    minimum: null,
    q25: null,
    q75: null,
    maximum: null,
  };
  expect(numbers(NaN, NaN)).toEqual({ summary: { x: nothing }, missing: { x: 1 } });
  expect(numbers()).toEqual({ summary: { x: nothing }, missing: { x: 0 } });
  expect(numbers(2).summary.x).toMatchObject({ mean: 2, median: 2, standardDeviation: null, q75: 2 });
});

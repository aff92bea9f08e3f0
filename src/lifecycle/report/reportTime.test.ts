import { expect, it } from "vitest";
import type { Evaluation } from "../../core/metric.ts";
import type { Table } from "../../core/table/table.ts";
import { reportTime } from "./reportMeans.ts";

const DAY = 86_400_000;

/** Rows at these times with labels 0, 1, 2, … and predictions that are 1 higher. */
function judged(times: readonly number[]): { table: Table; evaluation: Evaluation } {
  const yTrue = Float64Array.from(times.keys());
  return {
    table: {
      rowCount: times.length,
      columns: [
        { kind: "date", name: "day", values: Float64Array.from(times) },
        { kind: "number", name: "year", values: yTrue },
      ],
    },
    evaluation: { task: "regression", classCount: 0, yTrue, yPred: yTrue.map((y) => y + 1), probabilities: null },
  };
}

it("averages by the shortest unit of at most 60 buckets, with buckets without rows", () => {
  const start = Date.UTC(2024, 0, 1); // a Monday
  const { unit, outputs } = reportTime(judged([start, start + 5 * 36e5, start + 3 * DAY, NaN]), "day", [])!;
  expect(unit).toBe("day");
  expect(outputs).toEqual([
    [
      { at: start, rows: 2, actual: 0.5, predicted: 1.5 },
      { at: start + DAY, rows: 0, actual: null, predicted: null },
      { at: start + 2 * DAY, rows: 0, actual: null, predicted: null },
      { at: start + 3 * DAY, rows: 1, actual: 2, predicted: 3 },
    ],
  ]);
});

it.each([
  [2, "hour", "2024-05-15T13"],
  [59, "day", "2024-05-15"],
  [60, "week", "2024-05-13"],
  [500, "month", "2024-05-01"],
  [3000, "quarter", "2024-04-01"],
  [10_000, "year", "2024-01-01"],
  [40_000, "decade", "2020-01-01"],
])("over %s days shows a point for each %s, from its start", (days, unit, start) => {
  const from = Date.UTC(2024, 4, 15, 13, 30); // a Wednesday
  const found = reportTime(judged([from, from + days * DAY]), "day", [])!;
  expect(found.unit).toBe(unit);
  const at = found.outputs[0]!.map((point) => new Date(point.at).toISOString());
  expect(at[0]).toMatch(new RegExp(`^${start}`));
  expect(at.length).toBeLessThanOrEqual(60);
  expect(found.outputs[0]!.at(-1)!.rows).toBe(1);
});

it("has the share and the mean probability of classes", () => {
  const { table } = judged([0, 0, DAY, 2 * DAY].map((time) => time + DAY / 2));
  const yTrue = Float64Array.of(0, 1, 2, 1);
  const probabilities = Float64Array.of(0.6, 0.2, 0.2, 0.2, 0.4, 0.4, 0, 0, 1, 0, 1, 0);
  const evaluation: Evaluation = { task: "multiclass", classCount: 3, yTrue, yPred: yTrue, probabilities };
  const hours = reportTime({ table, evaluation }, "day", [1, 2])!;
  const shown = hours.outputs.map((points) =>
    points.filter(({ rows }) => rows > 0).map((each) => [each.actual, each.predicted]),
  );
  expect(shown[0]![0]![0]).toBe(0.5);
  expect(shown[0]![0]![1]).toBeCloseTo(0.3, 12);
  expect(shown.map((points) => points[2])).toEqual([[1, 1], [0, 0]]); // prettier-ignore
});

it("shows nothing without a column of dates, or if all are close together", () => {
  expect(reportTime(judged([0, DAY, 3 * DAY]), null, [])).toBeNull();
  expect(reportTime(judged([0, DAY, 3 * DAY]), "year", [])).toBeNull();
  expect(reportTime(judged([0, 36e5]), "day", [])).toBeNull();
  expect(reportTime(judged([NaN, NaN]), "day", [])).toBeNull();
});

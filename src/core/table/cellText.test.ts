import { expect, it } from "vitest";
import { categoryColumn, cellText } from "./table.ts";

it("formats numbers and dates so that they can be read back, and gives null for missing values", () => {
  const numbers = { kind: "number", name: "n", values: Float64Array.of(0.1, -3, NaN) } as const;
  expect([0, 1, 2].map((row) => cellText(numbers, row))).toEqual(["0.1", "-3", null]);
  const dates = { kind: "date", name: "d", values: Float64Array.of(Date.UTC(2026, 0, 2), NaN) } as const;
  expect([0, 1].map((row) => cellText(dates, row))).toEqual(["2026-01-02T00:00:00.000Z", null]);
  const texts = categoryColumn("t", ["x", null, ""]);
  expect([0, 1, 2].map((row) => cellText(texts, row))).toEqual(["x", null, ""]);
});

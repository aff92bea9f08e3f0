import { expect, it } from "vitest";
import { formatNumber, percent } from "./format.ts";

it.each([
  [0.5714285714285715, "0.5714"],
  [123456, "123456"],
  [123456.7, "123457"],
  [1.23456e-7, "1.235e-7"],
  [-0.25, "-0.25"],
  [NaN, "–"],
  [null, "–"],
  [Infinity, "Infinity"],
])("shows %s as %s", (value, text) => expect(formatNumber(value)).toBe(text));

it("writes shares with three digits, without rounding errors", () => {
  expect([0.07, 0.123456, 0.00012345, 1].map(percent)).toEqual(["7 %", "12.3 %", "0.0123 %", "100 %"]);
});

import { describe, expect, it } from "vitest";
import { cellNumber, countOf, exact, displayNumber, percent } from "./displayNumber.ts";

describe("displayNumber", () => {
  it("keeps three significant digits and groups thousands", () => {
    expect([0.71324, 12.345, 1234.5, 1_234_567, 0, -0.5].map((value) => displayNumber(value))).toEqual(
      ["0.713", "12.3", "1,235", "1,234,567", "0", "−0.500"], // prettier-ignore
    );
  });

  it("formats very small numbers in scientific notation and undefined values as a dash", () => {
    expect([1.3e-9, NaN, null, undefined, Infinity].map((value) => displayNumber(value))).toEqual([
      "1.30e-9",
      "–",
      "–",
      "–",
      "∞",
    ]);
  });
});

it("never rounds a share to 0 % or 100 %", () => {
  expect([0, 0.00001, 0.123, 0.0123, 0.9999, 1, NaN].map(percent)).toEqual(
    ["0 %", "under 0.1 %", "12 %", "1.2 %", "over 99 %", "100 %", "–"], // prettier-ignore
  );
});

it("uses the singular and the plural", () => {
  expect([countOf(1, "row"), countOf(2000, "row")]).toEqual(["1 row", "2,000 rows"]);
});

it("formats a limit as it was set", () => {
  expect([0.05, 0.1 + 0.2, -1].map(exact)).toEqual(["0.05", "0.3", "−1"]);
});

it("shows a value of a column that may be a year without a separator", () => {
  expect([1905, 1904.6, -1905, 12_345].map((value) => cellNumber(value, 4))).toEqual([
    "1905",
    "1905",
    "−1905",
    "12,345",
  ]);
});

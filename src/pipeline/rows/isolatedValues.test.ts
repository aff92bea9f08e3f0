import { expect, it } from "vitest";
import { isolatedValues } from "./isolatedValues.ts";

const notes = (values: readonly number[]): string[] =>
  isolatedValues({ columns: [{ kind: "number", name: "x", values: Float64Array.from(values) }] });
const many = Array.from({ length: 1000 }, (_, i) => 20 + (i % 70));

it("names placeholders and typing errors, at both ends, and the line that makes them missing", () => {
  expect(notes([...many, 999, 999])).toEqual([
    '"x" has 2 values far from all others (999; the others are 20 to 89): if wrong, correct them, or set "ingest": { "null_values": ["", "999"] } to treat them as missing',
  ]);
  expect(notes([...many, NaN, -9999, 99_999])).toEqual([
    expect.stringContaining("1 value far from all others (-9999; the others are 20 to 89)"),
    expect.stringContaining("1 value far from all others (99999; the others are 20 to 89)"),
  ]);
  expect(notes([...many, 99_999, 120_000])).toEqual([
    expect.stringContaining("(120000, 99999; the others are 20 to 89)"),
  ]);
  expect(notes([...Array.from({ length: 300 }, (_, i) => 1 + (i % 3)), 100])).toHaveLength(1);
});

it("leaves skewed, constant, binary and frequent values alone", () => {
  expect(notes(many.map((value) => Math.exp(value / 8)))).toEqual([]);
  expect(notes([1, 1, 1, 1, 1])).toEqual([]);
  expect(notes([...Array.from({ length: 500 }, () => 0), 1])).toEqual([]);
  expect(notes([...many, ...Array.from({ length: 50 }, () => 999)])).toEqual([]);
  expect(notes([])).toEqual([]);
});

import { describe, expect, it } from "vitest";
import { random } from "../core/random.ts";
import { quantileSorted, quantilesOf } from "./descriptive.ts";

const shares = Array.from({ length: 101 }, (_, i) => i / 100);

describe("quantilesOf", () => {
  const { normal, uniform, integer } = random(1);
  const made = (count: number, value: (i: number) => number): Float64Array =>
    Float64Array.from({ length: count }, (_, i) => value(i));

  it.each([
    ["few", made(1_000, normal)],
    ["normal", made(50_000, normal)],
    ["whole numbers, each many times", made(50_000, () => integer(7) - 3)],
    ["one value", made(50_000, () => 5)],
    ["mostly one value", made(50_000, () => (uniform() < 0.999 ? 0 : normal()))],
    ["one wild value among small ones", made(50_000, (i) => (i === 77 ? 1e300 : normal() * 1e-9))],
    ["a range that overflows", made(50_000, (i) => (i % 2 === 0 ? -1.7e308 : 1.7e308))],
    ["a range whose inverse overflows", made(50_000, () => integer(9) * 5e-324)],
    ["rising dates", made(50_000, (i) => Date.UTC(2020, 0, 1) + i * 1000)],
  ])("equals the quantiles of the sorted values: %s", (_, values) => {
    const sorted = values.toSorted();
    expect(quantilesOf(values, shares)).toEqual(shares.map((share) => quantileSorted(sorted, share)));
  });

  it("is NaN without values", () => {
    expect(quantilesOf(new Float64Array(0), [0, 0.5])).toEqual([NaN, NaN]);
  });
});

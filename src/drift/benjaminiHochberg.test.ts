import { describe, expect, it } from "vitest";
import { benjaminiHochberg } from "./benjaminiHochberg.ts";

describe("benjaminiHochberg", () => {
  it("multiplies by tests / rank and keeps the order of the p-values", () => {
    // sorted .01 .02 .03 .5: .01 × 4/1 = .04, .02 × 4/2 = .04, .03 × 4/3 = .04, .5 × 4/4 = .5
    expect([...benjaminiHochberg([0.03, 0.5, 0.01, 0.02])]).toEqual([0.04, 0.5, 0.04, 0.04]);
    // sorted .01 .04 .041: .01 × 3 = .03, min(.04 × 3/2, .041) = .041, .041
    expect([...benjaminiHochberg([0.01, 0.04, 0.041])]).toEqual([0.03, 0.041, 0.041]);
  });

  it("does not change a single p-value, keeps ties equal and accepts an empty list", () => {
    expect([...benjaminiHochberg([0.2])]).toEqual([0.2]);
    expect([...benjaminiHochberg([1, 1, 1])]).toEqual([1, 1, 1]);
    expect([...benjaminiHochberg([])]).toEqual([]);
  });
});

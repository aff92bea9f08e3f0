import { describe, expect, it } from "vitest";
import { shapleyShares } from "./shapleyShares.ts";

describe("shapleyShares", () => {
  it("gives each change its own part if the parts are additive", () => {
    const parts = { data: 3, settings: -1, seed: 0.5 };
    const valueOf = (made: ReadonlySet<keyof typeof parts>): number =>
      [...made].reduce((sum, change) => sum + parts[change], 10);
    expect(shapleyShares(["data", "settings", "seed"], valueOf)).toEqual(parts);
  });

  it("splits the effect of two changes that only work together, and gives nothing to a third", () => {
    const valueOf = (made: ReadonlySet<"a" | "b" | "c">): number => (made.has("a") && made.has("b") ? 6 : 0);
    const { a, b, c } = shapleyShares(["a", "b", "c"], valueOf);
    // By hand over 6 orders: a comes after b in three of them and adds 6 then, 6 · 3 / 6.
    expect(a).toBeCloseTo(3, 12);
    expect(b).toBeCloseTo(3, 12);
    expect(c).toBe(0);
  });

  it("sums to the total, and is NaN if a value is", () => {
    const values: Record<string, number> = { "": 1, a: 2, b: 4, ab: 3 };
    const valueOf = (made: ReadonlySet<"a" | "b">): number => values[[...made].toSorted().join("")]!;
    // a: ((2 − 1) + (3 − 4)) / 2 = 0; b: ((4 − 1) + (3 − 2)) / 2 = 2
    expect(shapleyShares(["a", "b"], valueOf)).toEqual({ a: 0, b: 2 });
    expect(shapleyShares(["a", "b"], (made) => (made.size === 1 ? NaN : 1)).a).toBeNaN();
  });
});

import { describe, expect, it } from "vitest";
import { shapLevels } from "./shapLevels.ts";
import { shapSummaryPlot } from "./shapSummary.ts";

interface Drawn {
  readonly layer: readonly {
    readonly data: { readonly values: readonly { x: number; x2: number; y: number; y2: number; level: string }[] };
  }[];
}

const stripesOf = (spec: unknown) => (spec as Drawn).layer[1]!.data.values;

describe("shapSummaryPlot", () => {
  const up = { name: "up", values: [1, 2, 3, 4, 5, 6], contributions: [-3, -2, -1, 1, 2, 3] };
  const flag = { name: "flag", values: [0, 0, 0, 0, 1, 1], contributions: [0.5, 0.5, 0.5, 0.5, -1, -1] };
  const idle = { name: "idle", values: [1, 2, 3, 4, 5, 6], contributions: [0, 0, 0, 0, 0, 0] };

  it("puts the feature with the largest mean size first, and says which way its high values go", () => {
    const { description, title } = shapSummaryPlot({ features: [idle, flag, up], unit: "EUR" });
    // (3 + 2 + 1 + 1 + 2 + 3) / 6 = 2, and (4 · 0.5 + 2 · 1) / 6 = 0.667.
    expect(description).toBe(
      "“up” moves the answer most, by 2 on average (EUR), up where it is high; “flag” by 0.667, down where it is high.",
    );
    expect(title.subtitle).toBe("6 rows; a stripe is as high as there are rows");
  });

  it("draws every row once: heights of a feature's stripes go with its rows", () => {
    const stripes = stripesOf(shapSummaryPlot({ features: [flag], unit: "EUR" }));
    const heightOf = (level: string) =>
      stripes.filter((each) => each.level === level).reduce((sum, { y, y2 }) => sum + y - y2, 0);
    expect(heightOf("low")).toBeCloseTo(2 * heightOf("high"), 9);
    expect(stripes.every(({ x, x2 }) => x < x2)).toBe(true);
  });

  it("says that nothing moves where nothing does, also without rows", () => {
    expect(shapSummaryPlot({ features: [idle], unit: "EUR" }).description).toBe("No feature moves any answer.");
    expect(shapSummaryPlot({ features: [], unit: "EUR" }).description).toBe("No feature moves any answer.");
  });

  it("leaves out what could not be seen, and says so", () => {
    const small = { ...up, name: "small", contributions: up.contributions.map((value) => value / 1000) };
    const { title } = shapSummaryPlot({ features: [up, small], unit: "EUR" });
    expect(title.subtitle).toContain("the 1 largest of 2 features");
  });
});

describe("shapLevels", () => {
  it("goes by thirds, takes two values for low and high, and a crowd at the bottom for low", () => {
    expect(shapLevels([1, 2, 3, 4, 5, 6])).toEqual(["low", "low", "low", "middle", "middle", "high"]);
    expect(shapLevels([1, 0, 1, 1])).toEqual(["high", "low", "high", "high"]);
    expect(shapLevels([0, 0, 0, 0, 0, 0, 0, 5, 9])).toEqual([...Array<string>(7).fill("low"), "high", "high"]);
    expect(shapLevels([NaN, 1, 2])).toEqual(["missing", "low", "high"]);
  });
});

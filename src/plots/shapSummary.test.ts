import { describe, expect, it } from "vitest";
import { shapLevels, shapSummaryPlot } from "./shapSummary.ts";

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

  it("describes the features with the largest effect first, and the direction of high values", () => {
    const { description, title } = shapSummaryPlot({ features: [idle, flag, up], unit: "EUR" });
    // (3 + 2 + 1 + 1 + 2 + 3) / 6 = 2, and (4 · 0.5 + 2 · 1) / 6 = 0.667.
    expect(description).toBe(
      "“up” has the largest effect, 2 on average (EUR): high values raise the prediction; “flag” 0.667: high values lower the prediction.",
    );
    expect(title.subtitle).toBe("6 rows; taller stripes: more rows");
  });

  it("draws stripes with heights proportional to the number of rows", () => {
    const stripes = stripesOf(shapSummaryPlot({ features: [flag], unit: "EUR" }));
    const heightOf = (level: string) =>
      stripes.filter((each) => each.level === level).reduce((sum, { y, y2 }) => sum + y - y2, 0);
    expect(heightOf("low")).toBeCloseTo(2 * heightOf("high"), 9);
    expect(stripes.every(({ x, x2 }) => x < x2)).toBe(true);
  });

  it("says that no feature has an effect if all contributions are 0, or there are no features", () => {
    const sentence = "No column affects any prediction.";
    expect(shapSummaryPlot({ features: [idle], unit: "EUR" }).description).toBe(sentence);
    expect(shapSummaryPlot({ features: [], unit: "EUR" }).description).toBe(sentence);
  });

  it("names a direction only where the middle lies between, and of text the extremes", () => {
    const values = [1, 2, 3, 4, 5, 6];
    const said = (feature: object): string => {
      const features = [{ name: "x", values, contributions: [-3, -3, 4, 4, 1, 1], ...feature }];
      return shapSummaryPlot({ features, unit: "EUR" }).description;
    };
    expect(said({})).not.toContain("values");
    expect(said({ contributions: [-3, -3, 0, 0, 3, 3] })).toContain("high values raise");
    const text = {
      values: [0, 1, 0, 1, 2, -1],
      categories: ["oslo", "rome", "bern"],
      contributions: [3, -2, 3, -2, 1, 0],
    };
    expect(said(text)).toContain("highest for “oslo”, lowest for “rome”");
  });

  it("leaves out features with tiny effects, and reports their number", () => {
    const small = { ...up, name: "small", contributions: up.contributions.map((value) => value / 1000) };
    const { title } = shapSummaryPlot({ features: [up, small], unit: "EUR" });
    expect(title.subtitle).toContain("the 1 largest of 2 columns");
  });
});

describe("shapLevels", () => {
  it("uses terciles, low and high for two values, and the same level for equal values", () => {
    expect(shapLevels([1, 2, 3, 4, 5, 6])).toEqual(["low", "low", "low", "middle", "middle", "high"]);
    expect(shapLevels([1, 0, 1, 1])).toEqual(["high", "low", "high", "high"]);
    expect(shapLevels([0, 0, 0, 0, 0, 0, 0, 5, 9])).toEqual([...Array<string>(7).fill("low"), "high", "high"]);
    expect(shapLevels([NaN, 1, 2])).toEqual(["missing", "low", "high"]);
  });
});

/** Contributions add up to the answer that predict gives. */
import { describe, expect, it } from "vitest";
import { sampleWorkspace } from "./lifecycleWorkspace.ts";

interface Explained {
  readonly base_value: number;
  readonly unit: string;
  readonly importance: readonly { readonly feature: string; readonly importance: number }[];
  readonly rows: readonly {
    readonly contributions: readonly { readonly feature: string; readonly contribution: number }[];
  }[];
}

describe.each(["logistic_regression", "xgboost"])("explain %s", (family) => {
  it("takes each answer apart: base value and contributions add up to its log-odds", () => {
    const workspace = sampleWorkspace();
    workspace.configure({ train: { models: [{ family }] } });
    workspace.ok("fullprocess", "-q");
    const rows = workspace.read("testdata/testdata.csv").split("\n").slice(0, 21).join("\n");
    workspace.write({ "some.csv": `${rows}\n` });
    const explained = workspace.json<Explained>("explain", "--rows", "some.csv");
    const predicted = workspace.ok("predict", "some.csv", "--format", "jsonl").trim().split("\n");
    expect(explained.unit).toBe("log_odds");
    expect(explained.rows).toHaveLength(20);
    explained.rows.forEach(({ contributions }, i) => {
      const margin = contributions.reduce((sum, { contribution }) => sum + contribution, explained.base_value);
      const { probability } = JSON.parse(predicted[i]!) as { probability: number };
      // XGBoost's answers are float32: seven digits.
      expect(1 / (1 + Math.exp(-margin))).toBeCloseTo(probability, 5);
    });
    const sizes = explained.importance.map(({ importance }) => importance);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    expect(explained.importance.map(({ feature }) => feature)).toContain("lastmonth_activity");
  });
});

import { describe, expect, it } from "vitest";
import { toJson } from "./toJson.ts";

describe("toJson", () => {
  it("writes keys in snake_case at every depth", () => {
    const result = { runId: "r", dataset: { rowCount: 2, sha256: "s" }, leaderboard: [{ featureSet: "all", f1: 1 }] };
    expect(toJson(result)).toEqual({
      run_id: "r",
      dataset: { row_count: 2, sha256: "s" },
      leaderboard: [{ feature_set: "all", f1: 1 }],
    });
  });

  it("keeps keys that are data: names of metrics, columns and tags", () => {
    const columns = { customerValue: { pValue: 0.1, missingShare: 0 } };
    expect(toJson({ driftReport: { columns }, metrics: { rocAUC: 1 } })).toEqual({
      drift_report: { columns: { customerValue: { p_value: 0.1, missing_share: 0 } } },
      metrics: { rocAUC: 1 },
    });
  });

  it("does not change parameters and configuration at any depth", () => {
    const params = { maxDepth: 3, nested: { minChildWeight: 1 } };
    expect(toJson({ bestRun: { params } })).toEqual({ best_run: { params } });
  });

  it("writes null for NaN, infinity and missing values, and leaves out undefined keys", () => {
    expect(toJson({ a: NaN, b: Infinity, c: null, d: undefined, e: [undefined] })).toEqual({
      a: null,
      b: null,
      c: null,
      e: [null],
    });
  });

  it("writes dates in ISO 8601 UTC, typed arrays and sets as lists, maps as objects", () => {
    const values = {
      at: new Date(0),
      v: Float64Array.of(1, NaN),
      s: new Set(["a"]),
      tags: new Map([["aB", 1]]),
      n: 5n,
    };
    expect(toJson(values)).toEqual({ at: "1970-01-01T00:00:00.000Z", v: [1, null], s: ["a"], tags: { aB: 1 }, n: 5 });
  });

  it("keeps a column called __proto__", () => {
    const columns = Object.fromEntries([["__proto__", 1]]);
    expect(JSON.stringify(toJson({ columns }))).toBe('{"columns":{"__proto__":1}}');
  });
});

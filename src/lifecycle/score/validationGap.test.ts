import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../core/json.ts";
import type { Table } from "../../core/table/table.ts";
import { validationGap } from "./scoreWarnings.ts";

const day = 86_400_000;
const dated = (...days: number[]): Table => ({
  rowCount: days.length,
  columns: [{ kind: "date", name: "sold", values: Float64Array.from(days, (n) => n * day) }],
});
const shuffled = dated(3, 1, 2, 5, 4);
const same = { test: shuffled, ingested: shuffled };
const config = { target: "y" };

const baseline = { rmse: 100 };

/** The same number of test and validation rows, unless given. */
const rmse = (value: number, validation: number, interval: readonly [number, number], rows = 100) =>
  validationGap(
    { metric: "rmse", value, interval, baseline, rows },
    { metrics: { rmse: validation }, task: "regression", config, validationRows: 100 },
    same,
  );
const f1 = (value: number, validation: number, interval: readonly [number, number]) =>
  validationGap(
    { metric: "f1", value, interval, baseline: { f1: 0 }, rows: 100 },
    { metrics: { f1: validation }, task: "binary", config, validationRows: 100 },
    same,
  );

describe("a score far worse than on the validation rows", () => {
  it("is reported with both values", () => {
    expect(rmse(76.4, 33.2, [74, 79])).toEqual([
      expect.stringMatching(
        /^rmse is far worse on the test rows \(76\.4\) than on the validation rows \(33\.2\): the test rows differ /,
      ),
    ]);
    expect(f1(0.6, 0.8, [0.5, 0.7])[0]).toContain("f1 is far worse on the test rows (0.6)");
  });

  it("is not: a better score, a small gap, or one that the interval explains", () => {
    expect([rmse(33, 76, [30, 35]), f1(0.9, 0.6, [0.85, 0.95])]).toEqual([[], []]);
    expect([rmse(40, 33, [38, 42]), f1(0.75, 0.8, [0.74, 0.76])]).toEqual([[], []]);
    expect(rmse(3.7e-13, 1.2e-13, [3.6e-13, 3.8e-13])).toEqual([]); // both are zero but for rounding
    expect([rmse(76, 33, [30, 120]), f1(0.6, 0.8, [0.4, 0.85])]).toEqual([[], []]);
  });
});

it("a gap that so few validation rows explain is none", () => {
  // Half the interval is 20. With 100 validation rows as with 100 test rows the difference is 20 · √2 = 28 or less by
  // chance, with 400 test rows, which have the same interval, 20 · √5 = 45.
  expect(rmse(73, 33, [53, 93])).toHaveLength(1);
  expect(rmse(73, 33, [53, 93], 400)).toEqual([]);
});

describe("test rows that are all later than the ingested rows", () => {
  const run = { metrics: { rmse: 33 }, task: "regression" as const, validationRows: 100 };
  const scored = { metric: "rmse", value: 34, interval: [32, 36] as const, baseline, rows: 100 };
  const later = { test: dated(9, 7, 8), ingested: shuffled };
  const advice = 'set "time_column": "sold"';

  it("are reported if the validation rows were chosen at random", () => {
    expect(validationGap(scored, { ...run, config }, later)[0]).toContain(advice);
    const worse = validationGap(
      { metric: "rmse", value: 76, interval: [74, 79], baseline, rows: 100 },
      { ...run, config },
      later,
    );
    expect(worse).toEqual([expect.stringMatching(/^rmse is far worse .*: the test rows are all later in "sold" /)]);
  });

  it("explain a gap even if the split was configured, but are no warning without one", () => {
    const random = { ...config, train: { split: { method: "random" } } };
    const worse = { metric: "rmse", value: 76, interval: [74, 79] as const, baseline, rows: 100 };
    expect(validationGap(worse, { ...run, config: random }, later)[0]).toContain(advice);
    expect(validationGap(scored, { ...run, config: random }, later)).toEqual([]);
  });

  it("are expected if the rows were split by time or as configured, and if only some are later", () => {
    const configured: JsonObject[] = [{ time_column: "sold" }, { train: { split: { method: "random" } } }];
    for (const more of configured) {
      expect(validationGap(scored, { ...run, config: { ...config, ...more } }, later)).toEqual([]);
    }
    const inOrder = dated(...Array.from({ length: 40 }, (_, row) => row));
    expect(validationGap(scored, { ...run, config }, { test: dated(50, 51), ingested: inOrder })).toEqual([]);
    expect(validationGap(scored, { ...run, config }, { test: dated(5, 9), ingested: shuffled })).toEqual([]);
    expect(validationGap(scored, { ...run, config }, { test: dated(9), ingested: undefined })).toEqual([]);
  });
});

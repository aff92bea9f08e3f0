import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { categoryColumn, type Column } from "../../core/table/table.ts";
import type { ColumnDrift } from "../../core/records/monitoring.ts";
import { referenceOf } from "../../stats/referenceOf.ts";
import { driftReport } from "../driftReport.ts";

/** Values computed by Evidently's own functions on reproducible inputs; not part of this repository. */
const golden = fileURLToPath(new URL("../../../../shared/golden/evidently_drift.json", import.meta.url));

type Golden = { case: string; default: string } & Record<string, unknown>;

const cases: Golden[] = existsSync(golden) ? (JSON.parse(readFileSync(golden, "utf8")) as Golden[]) : [];

/** x' = (1664525 x + 1013904223) mod 2³², over 2³² (anchors of the vectors, 4.6). */
function lcg(count: number, seed: number): number[] {
  let x = seed;
  return Array.from({ length: count }, () => {
    x = (Math.imul(1664525, x) + 1013904223) >>> 0;
    return x / 2 ** 32;
  });
}

const numbers = (values: Iterable<number>): Column => ({
  kind: "number",
  name: "x",
  values: Float64Array.from(values),
});
const letters = (codes: number[]): Column => categoryColumn("x", codes.map((code) => "abcd"[code]!)); // prettier-ignore
// Plus 0.5, because integers would be categories; the shift is common to both sides and changes no statistic.
const steps = (values: number[], power = 1): Column => numbers(values.map((u) => Math.floor(u ** power * 4) + 0.5));
const codes = (values: number[], power = 1, count = 4): Column =>
  letters(values.map((u) => Math.floor(u ** power * count)));
const isBelow = (values: number[], limit: number): Column =>
  categoryColumn("x", values.map((u) => (u < limit ? "1" : "0"))); // prettier-ignore

/** As described by "how" of each vector. */
const inputs: Record<string, () => readonly [reference: Column, current: Column]> = {
  num_small_same: () => [numbers(lcg(500, 1)), numbers(lcg(300, 2))],
  num_small_shift: () => [numbers(lcg(500, 1)), numbers(lcg(300, 2).map((u) => u + 0.1))],
  num_large_same: () => [numbers(lcg(2000, 3)), numbers(lcg(1500, 4))],
  num_large_shift: () => [numbers(lcg(2000, 3)), numbers(lcg(1500, 4).map((u) => u * 1.2))],
  num_lowcard_small: () => [steps(lcg(400, 5)), steps(lcg(400, 6))],
  num_lowcard_large: () => [steps(lcg(2000, 5)), steps(lcg(1200, 6), 1.3)],
  cat_small_same: () => [codes(lcg(400, 7)), codes(lcg(200, 8))],
  cat_small_newcat: () => [codes(lcg(400, 7), 1, 3), codes(lcg(200, 8))],
  bin_small: () => [isBelow(lcg(600, 9), 0.5), isBelow(lcg(600, 10), 0.42)],
  cat_large_shift: () => [codes(lcg(3000, 11)), codes(lcg(1000, 12), 1.5)],
};

function drift(reference: Column, current: Column, override: { test?: string; limit?: number } = {}): ColumnDrift {
  const rows = (column: Column): number => (column.kind === "category" ? column.codes.length : column.values.length);
  const before = referenceOf(
    { rowCount: rows(reference), columns: [reference] },
    { seed: 1, sampleSize: rows(reference) },
  );
  const table = { rowCount: rows(current), columns: [current] };
  return driftReport(before, table, { rules: "evidently", columns: { x: override } }).columns["x"]!;
}

describe.skipIf(cases.length === 0)("the evidently rules, against ../shared/golden/evidently_drift.json", () => {
  const vectors = cases.flatMap((vector) =>
    Object.entries(vector).flatMap(([test, value]) =>
      Array.isArray(value) ? [[vector.case, test, value[0] as number, value[1] as boolean] as const] : [],
    ),
  );

  it("covers every case", () => {
    expect(Object.keys(inputs)).toEqual(cases.map((vector) => vector.case));
    expect(vectors.length).toBeGreaterThan(50);
  });

  it.each(vectors)("%s by %s", (name, test, value, drifted) => {
    const [reference, current] = inputs[name]!();
    const result = drift(reference, current, { test });
    // Evidently's z-test uses 1 − cdf, and sums in another order.
    expect(Math.abs(result.value - value)).toBeLessThan(1e-9);
    expect(result.drifted).toBe(drifted);
  });

  it.each(cases.map((vector) => [vector.case, vector.default] as const))("%s uses %s by default", (name, test) => {
    const [reference, current] = inputs[name]!();
    expect(drift(reference, current)).toEqual(drift(reference, current, { test }));
  });
});

describe("the evidently rules", () => {
  it("accept a z-test for any number of values: the smallest value against all others", () => {
    // 30 of 60 and 20 of 60 are "a": p = 50 / 120, z = (1/2 − 1/3) / √(p (1 − p) 2 / 60) = 1.85164
    const of = (...counts: number[]): Column => letters(counts.flatMap((length, i) => Array.from({ length }, () => i)));
    const { statistic, measure, direction } = drift(of(30, 20, 10), of(20, 30, 10), { test: "z_test" });
    expect([statistic.toFixed(5), measure, direction]).toEqual(["1.85164", "p_value", "below"]);
  });

  it("treat integers with few distinct values as categories, and test them by chi-square up to 1,000 rows", () => {
    const of = (make: (i: number) => number): Column => numbers(Array.from({ length: 100 }, (_, i) => make(i)));
    const modulo = (by: number, add = 0): Column => of((i) => (i % by) + add);
    const chosen = (reference: Column): string => drift(reference, reference).test;
    expect([modulo(10), modulo(10, 0.5), modulo(11)].map(chosen)).toEqual(["chi_square", "ks", "ks"]);
    expect([modulo(5), modulo(5, 0.5), modulo(2)].map(chosen)).toEqual(["chi_square", "chi_square", "z_test"]);
  });

  it("choose the test by the number of reference rows alone", () => {
    const [thousand, more] = [numbers(lcg(1000, 1)), numbers(lcg(1001, 1))];
    expect(drift(thousand, more).test).toBe("ks");
    expect(drift(more, thousand).test).toBe("wasserstein");
  });

  it("count predictions and labels as columns, and do not adjust p-values", () => {
    const of = (name: string, seed: number, shift: number): Column => ({
      ...numbers(lcg(100, seed).map((u) => u + shift)),
      name,
    });
    const reference = referenceOf(
      { rowCount: 100, columns: [of("x", 1, 0)] },
      { seed: 1, prediction: of("prediction", 2, 0), target: of("y", 3, 0) },
    );
    const table = { rowCount: 100, columns: [of("x", 4, 0)] };
    const options = { rules: "evidently", prediction: of("prediction", 5, 1), target: of("y", 6, 1) } as const;
    const report = driftReport(reference, table, options);
    expect(report.dataset).toMatchObject({ tested: 3, drifted: 2, detected: true });
    expect(report.target).toMatchObject({ test: "ks", drifted: true });
    // The calibrated rules do not count them.
    expect(driftReport(reference, table, { ...options, rules: "calibrated" }).dataset).toMatchObject({ tested: 1 });
  });

  it("count a value at the limit as drift for KS and most distances, but not for the others", () => {
    const [reference, current] = [numbers(lcg(60, 1)), numbers(lcg(50, 2))];
    const atLimit = (test: string): boolean =>
      drift(reference, current, { test, limit: drift(reference, current, { test }).value }).drifted;
    const tests = ["ks", "cramer_von_mises", "wasserstein", "psi", "mannw", "anderson", "chisquare", "ed"];
    expect(tests.map(atLimit)).toEqual([true, true, true, true, false, false, false, false]);
  });

  it("detect only shifts to larger values by Mann–Whitney", () => {
    const [low, high] = [numbers(lcg(50, 1)), numbers(lcg(50, 2).map((u) => u + 0.5))];
    expect([drift(low, high, { test: "mannw" }).drifted, drift(high, low, { test: "mannw" }).drifted]).toEqual([
      true,
      false,
    ]);
  });

  it("test as few as three rows, and skip empty columns, dates and free text with the reason", () => {
    const [some, few] = [numbers(lcg(50, 1)), numbers([0.1, 0.2, 0.3])];
    expect(drift(some, few).skipped).toBeUndefined();
    expect(drift(some, numbers([NaN, NaN])).skipped).toBe("all values are missing");
    expect(drift(some, numbers([0.5]), { test: "anderson" }).skipped).toBe("1 values, at least 2 are needed");
    expect(drift({ ...some, kind: "date" } as Column, { ...few, kind: "date" } as Column).skipped).toBe("dates are not tested"); // prettier-ignore
    const texts = categoryColumn(
      "x",
      Array.from({ length: 30 }, (_, i) => `text ${i}`),
    );
    expect(drift(texts, texts).skipped).toContain("free text");
  });
});

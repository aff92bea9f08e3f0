import { describe, expect, it } from "vitest";
import { categoryColumn, type Column, type Table } from "../core/table/table.ts";
import { sampledNote } from "../core/text/recordText.ts";
import { MlctlError } from "../core/errors.ts";
import { random } from "../core/random.ts";
import { kolmogorovSmirnov } from "../drift/kolmogorovSmirnov.ts";
import { referenceOf } from "../stats/referenceOf.ts";
import { driftReport, type DriftOptions } from "./driftReport.ts";

const CITIES = ["oslo", "bern", "rome", "lima", "pune"];

/** Three columns of numbers, one of them mostly zero, and two of categories, one of them with many rare values. */
function rowsOf(rowCount: number, { seed, shift = 0 }: { seed: number; shift?: number }): Table {
  const { normal, uniform, integer } = random(seed);
  const of = (make: () => number): Float64Array => Float64Array.from({ length: rowCount }, make);
  const texts = (make: () => string): string[] => Array.from({ length: rowCount }, make);
  return {
    rowCount,
    columns: [
      { kind: "number", name: "age", values: of(() => normal() + shift) },
      { kind: "number", name: "pay", values: of(() => Math.exp(normal() + shift)) },
      { kind: "number", name: "children", values: of(() => (uniform() < 0.7 - shift / 3 ? 0 : integer(4))) },
      categoryColumn(
        "city",
        texts(() => CITIES[Math.min(4, Math.floor(uniform() ** (1 + shift) * 5))]!),
      ),
      categoryColumn(
        "job",
        texts(() => `job ${Math.floor(uniform() ** (3 + 4 * shift) * 60)}`),
      ),
    ],
  };
}

function numbers(name: string, values: Iterable<number>): Column {
  return { kind: "number", name, values: Float64Array.from(values) };
}

describe("driftReport", () => {
  it.each(["calibrated", "evidently"] as const)("%s: judges no column of fewer rows than asked for", (rules) => {
    const reference = referenceOf(rowsOf(3000, { seed: 1 }), { seed: 1 });
    const { dataset, columns } = driftReport(reference, rowsOf(2, { seed: 2 }), { rules, minimumRows: 30 });
    expect(dataset).toMatchObject({ tested: 0, share: null, detected: false });
    expect(columns["age"]).toMatchObject({ skipped: "2 rows, at least 30 are needed", drifted: false, value: NaN });
  });

  it("says with how many values of a larger reference numbers are compared", () => {
    const sampleOf = (rows: number, sampleSize?: number) =>
      driftReport(referenceOf(rowsOf(rows, { seed: 1 }), { seed: 1, sampleSize }), rowsOf(100, { seed: 2 }));
    expect(sampleOf(3000)).toMatchObject({ referenceRows: 3000, referenceSample: 2000 });
    expect(sampleOf(3000, 3000)).not.toHaveProperty("referenceSample");
    expect(sampledNote(sampleOf(3000))).toBe(" (numbers: a sample of up to 2000 values per column)");
    expect(sampledNote(sampleOf(2000))).toBe("");
  });

  it("raises few false alarms, for any size of the batch", () => {
    const reference = referenceOf(rowsOf(3000, { seed: 1 }), { seed: 1 });
    for (const batch of [30, 300, 3000]) {
      let columns = 0;
      let datasets = 0;
      const trials = batch === 3000 ? 20 : 100;
      for (let trial = 0; trial < trials; trial++) {
        const report = driftReport(reference, rowsOf(batch, { seed: 1000 + trial }));
        columns += report.dataset.drifted;
        datasets += report.dataset.detected ? 1 : 0;
      }
      expect(datasets).toBe(0);
      // Benjamini–Hochberg: some column drifts in 5 % of the reports, 5 of 100; the chance of more than 12 is 0.001.
      expect(columns).toBeLessThanOrEqual(12);
    }
  });

  it("raises a false alarm in at most 5 % of 1,000 batches", () => {
    // With few rows the minimum effect size does not help: the bias of PSI alone exceeds it.
    const reference = referenceOf(rowsOf(500, { seed: 7 }), { seed: 1 });
    let alarms = 0;
    for (let trial = 0; trial < 1000; trial++) {
      if (driftReport(reference, rowsOf(60, { seed: 5000 + trial })).dataset.drifted > 0) alarms++;
    }
    expect(alarms).toBeLessThanOrEqual(50);
    expect(alarms).toBeGreaterThan(0); // rules that never alarm would pass as well
  });

  it("raises few false alarms for a hundred rare categories, and detects when most of them disappear", () => {
    const of = (rowCount: number, seed: number, among: number): Table => {
      const { integer } = random(seed);
      return {
        rowCount,
        columns: [
          categoryColumn(
            "x",
            Array.from({ length: rowCount }, () => `c${integer(among)}`),
          ),
        ],
      };
    };
    const alarms = (among: number): number =>
      Array.from({ length: 200 }, (_, i) =>
        driftReport(referenceOf(of(1000, i, 100), { seed: 1 }), of(100, 9000 + i, among)),
      ).filter(({ dataset }) => dataset.drifted === 1).length;
    // 5 % of 200 are 10; the chance of more than 20 is 0.001.
    expect(alarms(100)).toBeLessThanOrEqual(20);
    expect(alarms(20)).toBeGreaterThanOrEqual(190);
  });

  it("detects a shift of half a standard deviation in at least 95 % of batches of 300 rows", () => {
    const of = (count: number, seed: number, shift: number): Table => {
      const { normal } = random(seed);
      return {
        rowCount: count,
        columns: [
          numbers(
            "x",
            Float64Array.from({ length: count }, () => normal() + shift),
          ),
        ],
      };
    };
    const found = Array.from({ length: 100 }, (_, i) =>
      driftReport(referenceOf(of(1000, i, 0), { seed: 1 }), of(300, 1000 + i, 0.5)),
    ).filter(({ dataset }) => dataset.drifted === 1);
    expect(found.length).toBeGreaterThanOrEqual(95);
  });

  it("ignores a tiny shift in five million rows and detects a large shift in fifty", () => {
    const { uniform } = random(3);
    const of = (rowCount: number, shift: number): Table => ({
      rowCount,
      columns: [
        numbers(
          "x",
          Float64Array.from({ length: rowCount }, () => uniform() + shift),
        ),
      ],
    });
    const reference = referenceOf(of(5000, 0), { seed: 1 });
    const tiny = driftReport(reference, of(5e6, 0.04)).columns["x"]!;
    expect(tiny).toMatchObject({ drifted: false, limit: 0.05, direction: "below" });
    expect(tiny.value).toBeLessThan(0.05);
    expect(tiny.note).toBe("significant but small: psi below 0.1");
    const large = driftReport(reference, of(50, 0.4)).columns["x"]!;
    expect(large).toMatchObject({ drifted: true });
    expect(large.note).toBeUndefined();
  });

  it("skips a test that cannot judge the values, with the reason", () => {
    const table = {
      rowCount: 60,
      columns: [
        numbers(
          "coded",
          Array.from({ length: 60 }, (_, i) => i % 3),
        ),
        numbers(
          "flag",
          Array.from({ length: 60 }, (_, i) => i % 2),
        ),
        categoryColumn("city", rowTexts("oslo", "bern")),
      ],
    };
    const reference = referenceOf(table, { seed: 1 });
    const tests = (test: string): DriftOptions["columns"] =>
      Object.fromEntries(["coded", "flag"].map((name) => [name, { test }]));
    const by = (test: string) =>
      driftReport(reference, table, { columns: { ...tests(test), city: { test: "z_test" } } });
    expect(by("z_test").columns["coded"]!.skipped).toBe(
      "it has 3 distinct values; a z-test of proportions compares at most 2",
    );
    expect(by("z_test").columns["flag"]).toMatchObject({ value: 1, drifted: false });
    expect(by("z_test").columns["city"]).toMatchObject({ value: 1, drifted: false });
    expect(by("cramer_von_mises").columns["coded"]!.skipped).toContain("too many equal values");
    const many = Array.from({ length: 60 }, (_, i) => (i * 7) % 50);
    const varied = { rowCount: 60, columns: [numbers("x", many)] };
    const byMany = driftReport(referenceOf(varied, { seed: 1 }), varied, {
      columns: { x: { test: "cramer_von_mises" } },
    });
    expect(byMany.columns["x"]).toMatchObject({ test: "cramer_von_mises", drifted: false });
    expect(byMany.columns["x"]!.skipped).toBeUndefined();
    expect(by("anderson").columns["coded"]).toMatchObject({ test: "anderson_darling", drifted: false });
  });

  it("compares columns named like properties of every object", () => {
    const columns = ["constructor", "__proto__"].map((name) =>
      numbers(
        name,
        Array.from({ length: 100 }, (_, i) => i),
      ),
    );
    const table = { rowCount: 100, columns };
    const report = driftReport(referenceOf(table, { seed: 1 }), table, { columns: {} });
    expect(Object.entries(report.columns).map(([name, { test, drifted }]) => [name, test, drifted])).toEqual([
      ["constructor", "ks", false],
      ["__proto__", "ks", false],
    ]);
  });

  it("detects a clear shift in every column", () => {
    const reference = referenceOf(rowsOf(3000, { seed: 1 }), { seed: 1 });
    const { dataset, columns } = driftReport(reference, rowsOf(400, { seed: 2, shift: 1 }));
    expect(Object.entries(columns).filter(([, { drifted }]) => !drifted)).toEqual([]);
    expect(dataset).toEqual({ tested: 5, drifted: 5, share: 1, limit: 0.5, detected: true });
  });

  it("does not report a significant but tiny shift", () => {
    const { normal } = random(5);
    const table = { rowCount: 20_000, columns: [numbers("x", Float64Array.from({ length: 20_000 }, normal))] };
    const reference = referenceOf(table, { seed: 1 });
    const moved = [
      numbers(
        "x",
        Float64Array.from({ length: 20_000 }, () => normal() + 0.12),
      ),
    ];
    const x = driftReport(reference, { rowCount: 20_000, columns: moved }).columns["x"];
    expect(x!.value).toBeLessThan(0.01);
    expect(x).toMatchObject({ test: "ks", measure: "p_value", drifted: false });
  });

  it("does not adjust the p-value of a single column, which it compares with the reference sample", () => {
    const training = Float64Array.from({ length: 40 }, (_, i) => i);
    const now = Float64Array.from({ length: 30 }, (_, i) => i * 2);
    const reference = referenceOf({ rowCount: 40, columns: [numbers("x", training)] }, { seed: 1 });
    const { columns } = driftReport(reference, { rowCount: 30, columns: [numbers("x", now)] });
    const expected = kolmogorovSmirnov(training, now);
    expect(columns["x"]).toMatchObject({ statistic: expected.statistic, value: expected.pValue, limit: 0.05 });
  });

  it("adjusts p-values over the columns", () => {
    const now = numbers(
      "x",
      Array.from({ length: 30 }, (_, i) => i * 2),
    );
    const steady = Array.from({ length: 40 }, (_, i) => i);
    const columns = ["x", "y"].map((name) => numbers(name, steady));
    const reference = referenceOf({ rowCount: 40, columns }, { seed: 1 });
    const report = driftReport(reference, { rowCount: 40, columns: [now, columns[1]!] });
    const raw = kolmogorovSmirnov(
      Float64Array.from(steady),
      Float64Array.from({ length: 30 }, (_, i) => i * 2),
    ).pValue;
    expect(report.columns["x"]!.value).toBe(Math.min(1, raw * 2)); // two tests, the smaller p-value
    expect(report.columns["y"]!.value).toBe(1);
  });

  it("skips columns that cannot be tested, with the reason", () => {
    const some = Array.from({ length: 30 }, (_, i) => i);
    const training = ["gone", "text", "empty", "few"].map((name) => numbers(name, some));
    const never = numbers("never", new Float64Array(30).fill(NaN));
    const reference = referenceOf({ rowCount: 30, columns: [...training, never] }, { seed: 1 });
    const now: Column[] = [
      categoryColumn("text", some.map(String)),
      numbers("empty", new Float64Array(30).fill(NaN)),
      numbers("few", [...some.slice(0, 3), ...new Float64Array(27).fill(NaN)]),
      numbers("never", some),
      numbers("new", some),
    ];
    const { columns, dataset } = driftReport(reference, { rowCount: 30, columns: now });
    expect(Object.fromEntries(Object.entries(columns).map(([name, { skipped }]) => [name, skipped]))).toEqual({
      gone: "the column is missing",
      text: "the column now holds category values, but held number values in training",
      empty: "all values are missing",
      few: "3 values, at least 20 are needed",
      never: "all values were missing in training",
    });
    expect(columns["gone"]).toMatchObject({ statistic: NaN, value: NaN, psi: null, drifted: false });
    expect(dataset).toEqual({ tested: 0, drifted: 0, share: null, limit: 0.5, detected: false });
  });

  it("detects categories that were never seen in training", () => {
    const column = categoryColumn("city", rowTexts("oslo", "bern"));
    const reference = referenceOf({ rowCount: 60, columns: [column] }, { seed: 1 });
    const current = categoryColumn("city", rowTexts("rome", "bern"));
    expect(driftReport(reference, { rowCount: 60, columns: [current] }).columns["city"]!.drifted).toBe(true);
  });

  it("uses the configured test and limit of a column, and reports the prediction separately", () => {
    const table = rowsOf(300, { seed: 1 });
    const prediction = table.columns[0]!;
    const reference = referenceOf(table, { seed: 1, prediction });
    const current = rowsOf(300, { seed: 2, shift: 1 });
    const columns = { pay: { test: "wasserstein", limit: 1e6 }, city: { test: "psi" } };
    const report = driftReport(reference, current, { columns, prediction: current.columns[0]!, datasetShare: 0.9 });
    expect(report.columns["pay"]).toMatchObject({
      test: "wasserstein",
      measure: "distance",
      limit: 1e6,
      drifted: false,
    });
    expect(report.columns["city"]).toMatchObject({ test: "psi", limit: 0.1, drifted: true });
    expect(report.columns["prediction"]).toMatchObject({ test: "ks", drifted: true });
    expect(report.dataset).toEqual({ tested: 5, drifted: 4, share: 0.8, limit: 0.9, detected: false });
  });

  it("rejects an unknown test, and a test of numbers for categories", () => {
    const table = rowsOf(30, { seed: 1 });
    const reference = referenceOf(table, { seed: 1 });
    const run = (test: string): unknown => driftReport(reference, table, { columns: { city: { test } } });
    expect(() => run("kss")).toThrow(MlctlError);
    expect(() => run("ks")).toThrow('drift test "ks" needs numbers, but column "city" holds categories');
  });
});

function rowTexts(first: string, second: string): string[] {
  return Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? first : second));
}

it("does not report later dates as drift, unless a test is configured for them", () => {
  const days = (first: number): Table => ({
    rowCount: 100,
    columns: [
      { kind: "date", name: "day", values: Float64Array.from({ length: 100 }, (_, i) => (first + i) * 86_400_000) },
    ],
  });
  const reference = referenceOf(days(0), { seed: 1 });
  const { columns, dataset } = driftReport(reference, days(100));
  expect(columns["day"]).toMatchObject({ drifted: false, skipped: "dates always increase over time" });
  expect(dataset).toMatchObject({ tested: 0, share: null, detected: false });
  expect(driftReport(reference, days(100), { columns: { day: { test: "ks" } } }).columns["day"]).toMatchObject({
    drifted: true,
  });
});

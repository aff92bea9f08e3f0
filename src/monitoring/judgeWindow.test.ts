import { beforeAll, describe, expect, it } from "vitest";
import { categoryColumn, type Column, type Table } from "../core/table/table.ts";
import type { Model, Reference } from "../core/records/model.ts";
import type { MonitorFinding } from "../core/records/monitoring.ts";
import { random } from "../core/random.ts";
import { predictionColumn } from "../pipeline/rows/encodeLabels.ts";
import { signatureOf } from "../pipeline/rows/signatureOf.ts";
import { referenceOf } from "../stats/referenceOf.ts";
import type { JudgeOptions } from "./judgeOptions.ts";
import { judgeWindow } from "./judgeWindow.ts";
import { prepareRows } from "./prepareRows.ts";

const CITIES = ["oslo", "bergen", "trondheim", "tromsø", "bodø"];

interface Sample {
  readonly table: Table;
  readonly probabilities: Float64Array;
}

/** Customers with missing values, a skewed amount, rare cities, and labels drawn from the probabilities. */
function customers(rowCount: number, seed: number): Sample {
  const { uniform, normal } = random(seed);
  const of = (value: () => number): Float64Array => Float64Array.from({ length: rowCount }, value);
  const age = of(() => (uniform() < 0.05 ? NaN : 40 + 12 * normal()));
  const paid = of(() => Math.exp(normal()));
  const cities = Array.from({ length: rowCount }, () => CITIES[Math.floor(uniform() ** 2 * CITIES.length)]!);
  const probabilities = paid.map((value) => 1 / (1 + Math.exp(-2 * Math.log(value))));
  const left = Array.from(probabilities, (p) => (uniform() < p ? "yes" : "no"));
  const columns: Column[] = [
    { kind: "number", name: "age", values: age },
    { kind: "number", name: "paid", values: paid },
    categoryColumn("city", cities),
    categoryColumn("left", left),
  ];
  return { table: { rowCount, columns }, probabilities };
}

const target = { name: "left", task: "binary", classes: ["no", "yes"] } as const;
const training = customers(3_000, 1);
let model: Model;
let reference: Reference;

beforeAll(() => {
  const inputs = { ...training.table, columns: training.table.columns.slice(0, 3) };
  const signature = signatureOf(inputs, target, { nullValues: [""], normalizeNames: false });
  // The predictions are passed in, so nothing else of the model is read.
  model = { signature, estimator: { family: "logistic_regression" } } as unknown as Model;
  const labels = predictionColumn(target, prepared(training).yTrue);
  reference = referenceOf(inputs, {
    seed: 1,
    prediction: predictionColumn(target, predictionsOf(training).yPred),
    target: labels,
  });
});

function predictionsOf({ probabilities }: Sample) {
  return { yPred: probabilities.map((p) => (Number.isNaN(p) ? p : p >= 0.5 ? 1 : 0)), probabilities };
}

function prepared(sample: Sample, table = sample.table) {
  return prepareRows(model, table, { timeColumn: null, round: null, known: [], recorded: predictionsOf(sample) });
}

const settings: JudgeOptions["monitor"] = {
  drift: { fail_on: ["dataset"] },
  quality: { columns: {} },
  require: {},
  confidence: null,
  segments: [],
  segment_rows: 30,
  minimum_rows: 20,
};

interface Change {
  readonly table?: Table;
  readonly monitor?: Partial<JudgeOptions["monitor"]>;
  readonly test?: JudgeOptions["test"];
}

function judge(sample: Sample, { table, monitor, test = { value: 0.775, interval: [0.75, 0.8] } }: Change = {}) {
  return judgeWindow(prepared(sample, table), {
    model,
    reference,
    drift: { minimumRows: 20 },
    monitor: { ...settings, ...monitor },
    metric: "f1",
    test,
    seed: 1,
    end: null,
  });
}

describe("quality of fewer rows than monitor.minimum_rows", () => {
  const shares = ["missing values", "types", "new categories", "range"];
  const statuses = (findings: readonly MonitorFinding[]) =>
    shares.map((name) => findings.find((each) => each.area === "quality" && each.name === name)!.status);

  it("is not judged as usual by learned limits, but what is unusual even so is reported", () => {
    const two = customers(2, 9);
    const { findings } = judge(two);
    expect(statuses(findings)).toEqual(["skipped", "skipped", "skipped", "skipped"]);
    expect(findings.find(({ name }) => name === "range")!.message).toBe("2 rows, at least 20 are needed");
    expect(statuses(judge(customers(20, 9)).findings)).toEqual(["pass", "pass", "pass", "pass"]);
    const unreadable = withColumn(two, categoryColumn("paid", ["1", "much"]));
    expect(statuses(judge(two, { table: unreadable }).findings)[1]).toBe("fail");
  });

  it("is judged by limits of config.json", () => {
    const limit = { max: 0.9 };
    const quality = { columns: {}, missing_share: limit, invalid_share: limit, new_categories: limit };
    const { findings } = judge(customers(2, 9), { monitor: { quality } });
    expect(statuses(findings)).toEqual(["pass", "pass", "pass", "skipped"]);
  });
});

/** The table with one column replaced. */
function withColumn({ table }: Sample, column: Column): Table {
  return { ...table, columns: table.columns.map((each) => (each.name === column.name ? column : each)) };
}

const named = (findings: readonly MonitorFinding[], name: string) => findings.find((finding) => finding.name === name)!;

describe("a batch of the same customers", () => {
  it("fails in none of 30, and seldom warns, at any size", () => {
    let [failures, warnings] = [0, 0];
    for (let trial = 0; trial < 30; trial++) {
      const rows = [25, 100, 250][trial % 3]!;
      const { findings } = judge(customers(rows, 100 + trial));
      failures += findings.some(({ status }) => status === "fail") ? 1 : 0;
      warnings += findings.some(({ status }) => status === "warn") ? 1 : 0;
    }
    expect(failures).toBe(0);
    // Columns, prediction and target are a family of 5 % each: at most 14 % are expected, 4 of 30; the chance of 12 is 0.0003.
    expect(warnings).toBeLessThan(12);
  });
});

describe("quality", () => {
  const batch = customers(400, 7);
  const numbers = (name: string, value: (row: number) => number): Column => ({
    kind: "number",
    name,
    values: Float64Array.from({ length: 400 }, (_, row) => value(row)),
  });

  it("fails if more values are missing than in training, allowing for the size of the batch", () => {
    const gaps = (every: number): Table =>
      withColumn(
        batch,
        numbers("age", (row) => (row % every === 0 ? NaN : 40)),
      );
    expect(named(judge(batch, { table: gaps(5) }).findings, "missing values")).toMatchObject({
      status: "fail",
      value: 0.2,
    });
    // 7.5 % instead of 5 %: 30 of 400 rows can be chance.
    expect(named(judge(batch, { table: gaps(14) }).findings, "missing values").status).toBe("pass");
    expect(named(judge(batch, { table: gaps(1e9) }).findings, "missing values").status).toBe("pass");
  });

  it("fails a configured limit only if there are enough rows to be certain, else warns", () => {
    const limit = { monitor: { quality: { columns: {}, missing_share: { max: 0.1 } } } };
    const gaps = (share: number): Table =>
      withColumn(
        batch,
        numbers("age", (row) => (row < 400 * share ? NaN : 40)),
      );
    const statusAt = (share: number) =>
      named(judge(batch, { ...limit, table: gaps(share) }).findings, "missing values").status;
    // scipy.stats.binom.isf(0.05, 400, 0.1) is 50: certain from 51 of 400.
    expect([0.1, 0.125, 0.1275].map(statusAt)).toEqual(["pass", "warn", "fail"]);
  });

  it("counts unreadable values in a column of numbers, and goes on", () => {
    const texts = Array.from({ length: 400 }, (_, row) => (row < 8 ? "n/k" : String(row % 60)));
    const { findings, quality, drift } = judge(batch, { table: withColumn(batch, categoryColumn("age", texts)) });
    expect(named(findings, "types")).toMatchObject({ status: "fail", value: 0.02 });
    expect(named(findings, "types").message).toContain('such as "n/k"');
    expect(quality.columns["age"]!.missingShare).toBe(0);
    expect(drift.columns["paid"]!.skipped).toBeUndefined();
  });

  it("reports a missing column, and goes on", () => {
    const table = { ...batch.table, columns: batch.table.columns.filter(({ name }) => name !== "paid") };
    const { findings, drift } = judge(batch, { table });
    expect(named(findings, "schema")).toMatchObject({ status: "fail", value: 1, message: "missing: paid" });
    expect(drift.columns["paid"]!.skipped).toBe("the column is missing");
  });

  it("warns of new categories and of values outside the range, and fails a column that became constant", () => {
    const cities = categoryColumn(
      "city",
      Array.from({ length: 400 }, (_, row) => (row % 10 === 0 ? "rome" : "oslo")),
    );
    expect(named(judge(batch, { table: withColumn(batch, cities) }).findings, "new categories")).toMatchObject({
      status: "warn",
      value: 0.1,
      message: '"city" 10 % (usual 0 %): "rome"',
    });
    const far = withColumn(
      batch,
      numbers("paid", (row) => (row % 10 === 0 ? 1e6 : 1)),
    );
    expect(named(judge(batch, { table: far }).findings, "range")).toMatchObject({ status: "warn", value: 0.1 });
    const constant = withColumn(
      batch,
      numbers("paid", () => 1),
    );
    expect(named(judge(batch, { table: constant }).findings, "constant columns")).toMatchObject({
      status: "fail",
      message: "only one value: paid",
    });
  });

  it("counts duplicate rows exactly", () => {
    const { table } = batch;
    const twice = (column: Column): Column =>
      column.kind === "category"
        ? { ...column, codes: Int32Array.from([...column.codes, ...column.codes.subarray(0, 100)]) }
        : { ...column, values: Float64Array.from([...column.values, ...column.values.subarray(0, 100)]) };
    const longer = { rowCount: 500, columns: table.columns.map(twice) };
    const probabilities = Float64Array.from([...batch.probabilities, ...batch.probabilities.subarray(0, 100)]);
    expect(judge({ table: longer, probabilities }).quality.duplicateShare).toBe(0.2);
  });
});

describe("performance", () => {
  it("checks required limits with and without confidence, and never passes a missing value", () => {
    const batch = customers(400, 8);
    const f1 = judge(batch).performance.metrics["f1"]!;
    const statusOf = (require: JudgeOptions["monitor"]["require"], confidence: number | null = null) =>
      named(judge(batch, { monitor: { require, confidence } }).findings, Object.keys(require)[0]!).status;
    expect(statusOf({ f1: { min: f1 } })).toBe("pass");
    expect(statusOf({ f1: { min: f1 + 0.001 } })).toBe("fail");
    expect(statusOf({ f1: { min: f1 + 0.001 } }, 0.95)).toBe("warn");
    expect(statusOf({ log_loss: { max: 0.01 } }, 0.95)).toBe("fail");
  });

  it("takes the confidence of config.json for required limits", () => {
    const batch = customers(400, 8);
    const [, high] = judge(batch).performance.intervals["f1"]!;
    const statusAt = (confidence: number): string => {
      const require = { f1: { min: high + 0.005 } };
      return named(judge(batch, { monitor: { require, confidence } }).findings, "f1").status;
    };
    // Just beyond the 95 % interval, and far within that of 99.9 %, which is 3.29 / 1.96 times as wide.
    expect([0.9, 0.95, 0.999].map(statusAt)).toEqual(["fail", "fail", "warn"]);
  });

  it("fails without a limit if the interval is below that of the test set", () => {
    const batch = customers(400, 9);
    const wrong = { ...batch, probabilities: batch.probabilities.map((p) => 1 - p) };
    expect(named(judge(batch).findings, "f1").status).toBe("pass");
    expect(named(judge(wrong).findings, "f1")).toMatchObject({ status: "fail", limit: 0.75, passes: "at_least" });
    const f1 = judge(batch).performance.metrics["f1"]!;
    const close = { value: f1, interval: [f1 + 0.001, 1] } as const;
    expect(named(judge(batch, { test: close }).findings, "f1")).toMatchObject({
      status: "pass",
      message: expect.stringMatching(/^400 labelled rows, below the limit, but not significantly; /),
    });
  });

  it("warns without a limit if only the 95 % interval, which is shown, is below that of the test set", () => {
    const batch = customers(400, 9);
    const [low, high] = judge(batch).performance.intervals["f1"]!;
    const against = (bound: number) => named(judge(batch, { test: { value: 1, interval: [bound, 1] } }).findings, "f1");
    expect(against(high - 0.001).status).toBe("pass");
    expect(against(high + 0.001)).toMatchObject({
      status: "warn",
      interval: [low, high],
      message: "400 labelled rows, below the limit with 95 % confidence, but not with 99.8 %; 1 on the test set",
    });
    // The 99.8 % interval is 3.09 / 1.96 times as wide: its end is half of an arm of the 95 % interval beyond.
    expect(against(high + (high - low) / 2).status).toBe("fail");
  });

  it("finds the segment with worse performance, worst first", () => {
    const batch = customers(2_000, 10);
    const city = batch.table.columns[2]!;
    if (city.kind !== "category") throw new TypeError("city is a category");
    const bergen = city.categories.indexOf("bergen");
    const probabilities = batch.probabilities.map((p, row) => (city.codes[row] === bergen ? 1 - p : p));
    const { segments, findings } = judge({ ...batch, probabilities }, { monitor: { segments: ["city"] } });
    expect(segments[0]).toMatchObject({ column: "city", value: "bergen", status: "fail" });
    expect(segments.slice(1).map(({ status }) => status)).toEqual(["pass", "pass", "pass", "pass"]);
    expect(named(findings, "segments")).toMatchObject({ status: "warn", value: 1 });
  });

  it("estimates performance without labels, and reports it as an estimate", () => {
    const batch = customers(400, 11);
    const table = { ...batch.table, columns: batch.table.columns.slice(0, 3) };
    const require = { f1: { min: 0.99 } };
    const { findings, performance: report } = judge(batch, { table, monitor: { require } });
    expect(report.skipped).toBe("no row with a prediction has a label");
    expect(named(findings, "f1").status).toBe("skipped");
    expect(named(findings, "f1 (estimated)")).toMatchObject({ status: "warn", area: "performance" });
    // Absence means resolved: what cannot be judged is recorded.
    expect(["target drift", "labels"].map((name) => named(findings, name).status)).toEqual(["skipped", "skipped"]);
    const unpredicted = { ...batch, probabilities: new Float64Array(400).fill(NaN) };
    const none = judge(unpredicted, { table, monitor: { require, segments: ["city"] } });
    const names = ["prediction drift", "target drift", "segments", "labels"];
    expect(names.map((name) => named(none.findings, name).status)).toEqual(names.map(() => "skipped"));
    const [low, high] = report.estimate!.intervals["f1"]!;
    expect(named(findings, "f1 (estimated)").message).not.toContain("drifted");
    const age = table.columns.map((column) =>
      column.kind === "number" ? { ...column, values: column.values.map((value) => 3 * value + 50) } : column,
    );
    const drifted = judge(batch, { table: { ...table, columns: age }, monitor: { require } });
    expect(drifted.performance.estimate!.drifted).toBeGreaterThan(0);
    expect(named(drifted.findings, "f1 (estimated)").message).toContain("drifted, so the probabilities may be wrong");
    const measured = judge(batch).performance.metrics["f1"]!;
    expect(measured).toBeGreaterThan(low - 0.03);
    expect(measured).toBeLessThan(high + 0.03);
  });
});

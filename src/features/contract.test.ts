/** Contract of every transform; one that needs options also needs an entry in `examples`. */
import { describe, expect, it } from "vitest";
import { categoryColumn, selectRows, type Column, type DateColumn, type Table } from "../core/table/table.ts";
import type { History, Transform, TransformOptions } from "../core/transform.ts";
import { transforms } from "./index.ts";
import { madeBy } from "./inputColumns.ts";

/** Options for the tables below; without an entry a transform is tested with its defaults. */
const examples: Partial<Record<keyof typeof transforms, readonly TransformOptions[]>> = {
  clip: [{ minimum: 0 }, { column: "size", lower_quantile: 0.1, upper_quantile: 0.9 }],
  cyclical: [
    { column: "count", period: 6 },
    { columns: ["count", "size"], period: 7, keep: true },
  ],
  date_parts: [{}, { column: "when" }, { columns: ["when", "until"], parts: ["year", "hour"] }],
  drop: [{ column: "size" }, { columns: ["c*", "when"] }],
  elapsed: [{}, { lags: [1, 2], unit: "hours", by: ["city"] }],
  flag_day: [{ column: "color" }, { columns: ["size", "city"], unset: ["oslo"] }],
  group: [
    { groups: { warm: ["red", "violet"] } },
    { min_count: 2 },
    { column: "city", groups: { X: ["rome"] }, min_count: 3 },
  ],
  hash_text: [{}, { column: "city", buckets: 3 }],
  impute: [{}, { strategy: "mean", indicator: true }, { column: "size", strategy: "most_frequent" }],
  lag: [{}, { column: "size", lags: [2, 1] }, { columns: ["count", "target"], lags: [3] }, { by: ["city", "count"] }],
  log: [{}, { column: "size", method: "signed_log1p" }, { method: "log10" }],
  map: [
    { column: "color", values: { red: 1, green: 2 }, otherwise: 0, missing: -1 },
    { values: { red: "warm", rome: "south" } },
  ],
  one_hot: [{}, { column: "color", max_categories: 2 }],
  ordinal: [{}, { column: "color", order: ["green", "red"] }],
  ratio: [
    { column: "size", by: "count" },
    { columns: ["count", "size"], by: "size" },
  ],
  rolling: [
    { windows: ["60d", "30d"] },
    { column: "count", windows: ["1w"], statistic: "max", fallback: "none" },
    { columns: ["size", "target"], windows: ["400d", "90d"], statistic: "std", empty: "skip" },
    { columns: ["size", "target"], windows: ["90d"], empty: "skip", by: ["color"] },
  ],
  round: [{}, { column: "size", digits: -1 }],
  select: [{ columns: ["when", "size"] }],
  target_encode: [{}, { column: "city", smoothing: 0, folds: 2 }],
  text_length: [{}, { column: "color" }],
  standardize: [{}, { columns: ["size"] }],
};

const training = tableOf({
  size: [3, NaN, -2.5, 3, 1e6, 0],
  color: ["red", null, "blue", "red", "green", "blue"],
  when: ["2024-01-31", "2024-02-29T13:00Z", null, "1999-12-31", "2024-02-29", "1970-01-01"],
  count: [1, 2, 3, 4, 5, 6],
  city: ["oslo", "oslo", "rome", "", "oslo", "rome"],
  until: ["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31", "2025-06-30"],
});

// Another dictionary with other codes, unseen and missing values, and values outside the training range.
const later = tableOf({
  size: [NaN, -1e9, 1e9, 3],
  color: ["violet", "green", null, "red"],
  when: [null, "2030-05-05T05:05Z", "1900-01-01", "2024-01-31"],
  count: [0, NaN, 99, -1],
  city: ["rome", "__proto__", null, "oslo"],
  until: [null, "2025-01-31", "1969-07-20", "2025-01-31"],
});

const cases = Object.entries<Transform>(transforms).flatMap(([type, transform]) =>
  (examples[type as keyof typeof transforms] ?? [{}]).map((options) => ({
    type,
    transform,
    options,
    title: `${type} ${JSON.stringify(options)}`,
  })),
);

describe.each(cases)("$title", ({ type, transform, options }) => {
  const y = Float64Array.of(0, 1, 0, 1, 1, 0);
  const context = { y, task: "binary", seed: 1, target: "target", history: historyOf(training, y) } as const;
  const state = transform.fit(training, options, context);

  it("is registered under its own name and describes itself and its options", () => {
    expect(transform.type).toBe(type);
    for (const { description } of [transform, ...transform.options]) expect(description).toMatch(/^[^A-Z].*[^.]$/);
  });

  it("makes exactly the columns in outputNames, of equal length, with distinct names", () => {
    for (const table of [training, later]) {
      const made = transform.load(state)(table);
      const names = made.columns.map((column) => column.name);
      const outputs = transform.outputNames(state);
      expect(names.filter((name) => outputs.includes(name))).toEqual(outputs);
      expect(new Set(names).size).toBe(names.length);
      expect(made.columns.map(lengthOf)).toEqual(names.map(() => table.rowCount));
    }
  });

  it("tells the column that each output comes from", () => {
    const made = new Map(madeBy(transform, state));
    for (const output of transform.outputNames(state))
      expect([output, [...training.columns.map(({ name }) => name), "target"]]).toEqual([output, expect.arrayContaining([made.get(output)])]); // prettier-ignore
  });

  it("removes the columns it reads, unless it makes columns of the same name", () => {
    const made = transform.load(state)(later);
    const outputs = new Set(transform.outputNames(state));
    const gone = new Set(transform.inputNames(state).filter((name) => !outputs.has(name)));
    expect(made.columns.filter((column) => gone.has(column.name))).toEqual([]);
  });

  // select only keeps the columns it reads
  it.skipIf(type === "select")("keeps all other columns unchanged, in order", () => {
    const made = transform.load(state)(later);
    const outputs = new Set(transform.outputNames(state));
    const inputs = new Set(transform.inputNames(state));
    const untouched = later.columns.filter(({ name }) => !inputs.has(name) && !outputs.has(name));
    expect(made.columns.filter((column) => !outputs.has(column.name))).toEqual(untouched);
  });

  it("gives the same result after a round trip of its state through JSON", () => {
    const copy = JSON.parse(JSON.stringify(state));
    expect(cells(transform.load(copy)(later))).toEqual(cells(transform.load(state)(later)));
  });

  it("gives the same for one row as for a batch, in any order of rows", () => {
    const apply = transform.load(state);
    for (const table of [training, later]) {
      const batch = cells(apply(table));
      for (let row = table.rowCount - 1; row >= 0; row--) {
        const one = cells(apply(selectRows(table, [row])));
        expect(one).toEqual(Object.fromEntries(Object.entries(batch).map(([name, values]) => [name, [values[row]]])));
      }
    }
  });

  it("does not depend on the order of the columns", () => {
    const reversed = { rowCount: later.rowCount, columns: later.columns.toReversed() };
    expect(cells(transform.load(state)(reversed))).toEqual(cells(transform.load(state)(later)));
  });

  it("does not depend on the codes of categories or on earlier tables", () => {
    const expected = cells(transform.load(state)(later));
    const columns = later.columns.map((column) => (column.kind === "category" ? recoded(column) : column));
    const apply = transform.load(state);
    for (const table of [later, { ...later, columns }, later]) expect(cells(apply(table))).toEqual(expected);
  });

  it("accepts a table without rows, and one with only missing values", () => {
    expect(transform.load(state)(selectRows(later, [])).rowCount).toBe(0);
    const nothing = { rowCount: 1, columns: later.columns.map(emptied) };
    const names = transform
      .load(state)(later)
      .columns.map((column) => column.name);
    expect(
      transform
        .load(state)(nothing)
        .columns.map((column) => column.name),
    ).toEqual(names);
  });

  it("can be fitted on columns with only missing values", () => {
    const nothing = { rowCount: 1, columns: training.columns.map(emptied) };
    const fitted = transform.fit(nothing, options, context);
    expect(JSON.parse(JSON.stringify(fitted))).toEqual(fitted);
    transform.load(fitted)(later);
  });

  it("does not modify its input", () => {
    const before = [cells(training), cells(later)];
    transform.load(transform.fit(training, options, context))(later);
    transform.load(state)(training);
    expect([cells(training), cells(later)]).toEqual(before);
  });

  it("rejects an unknown option and an unknown column", () => {
    expect(() => transform.fit(training, { ...options, colour: 1 }, context)).toThrow(/unknown option "colour"/);
    const { columns: _, ...others } = options;
    expect(() => transform.fit(training, { ...others, column: "colour" }, context)).toThrow(/no column "colour"/);
  });
});

function tableOf(columns: Record<string, readonly (number | string | null)[]>): Table {
  const made = Object.entries(columns).map(([name, values]): Column => {
    if (name === "when" || name === "until") {
      return { kind: "date", name, values: Float64Array.from(values, (text) => Date.parse(String(text))) };
    }
    if (typeof values[0] === "number") return { kind: "number", name, values: Float64Array.from(values as number[]) };
    return categoryColumn(name, values as string[]);
  });
  return { rowCount: lengthOf(made[0]!), columns: made };
}

function historyOf(table: Table, y: Float64Array): History {
  const time = table.columns.find(({ name }) => name === "when") as DateColumn;
  const columns = { ...table, columns: [...table.columns, { kind: "number" as const, name: "target", values: y }] };
  return { timeColumn: "when", time: time.values, columns };
}

function lengthOf(column: Column): number {
  return column.kind === "category" ? column.codes.length : column.values.length;
}

function recoded(column: Column & { kind: "category" }): Column {
  const categories = ["never used", ...column.categories.toReversed()];
  const codes = column.codes.map((code) => (code < 0 ? -1 : column.categories.length - code));
  return { ...column, codes, categories };
}

function emptied(column: Column): Column {
  if (column.kind === "category") return { ...column, codes: Int32Array.of(-1), categories: [] };
  return { ...column, values: Float64Array.of(NaN) };
}

/** Cell values by column, independent of codes: number, string or null. */
function cells(table: Table): Record<string, (number | string | null)[]> {
  return Object.fromEntries(table.columns.map((column) => [column.name, valuesOf(column)]));
}

function valuesOf(column: Column): (number | string | null)[] {
  if (column.kind !== "category") return Array.from(column.values);
  return Array.from(column.codes, (code) => (code < 0 ? null : column.categories[code]!));
}

import { describe, expect, it } from "vitest";
import { categoryColumn, type Column, type Table } from "../core/table/table.ts";
import { random } from "../core/random.ts";
import type { NumberReference } from "../core/records/model.ts";
import { referenceOf } from "./referenceOf.ts";

function numbers(name: string, values: Iterable<number>): Column {
  return { kind: "number", name, values: Float64Array.from(values) };
}

function tableOf(...columns: Column[]): Table {
  const first = columns[0]!;
  return { rowCount: first.kind === "category" ? first.codes.length : first.values.length, columns };
}

describe("referenceOf", () => {
  it("stores mean, standard deviation, quantiles and all values of a short column", () => {
    const { columns, rows, prediction } = referenceOf(tableOf(numbers("age", [4, NaN, 1, 3, Infinity, 2])), {
      seed: 1,
    });
    const age = columns["age"] as NumberReference;
    expect([rows, prediction, age.count, age.missing, age.mean]).toEqual([6, null, 4, 2, 2.5]);
    // sqrt((1.5² + 0.5² + 0.5² + 1.5²) / 3) = sqrt(5 / 3)
    expect(age.standardDeviation).toBe(Math.sqrt(5 / 3));
    expect(age.sample).toEqual([1, 2, 3, 4]);
    expect(age.quantiles).toHaveLength(101);
    expect([age.quantiles[0], age.quantiles[50], age.quantiles[100]]).toEqual([1, 2.5, 4]);
  });

  it("stores a sorted sample of a long column, determined by the seed", () => {
    const { normal } = random(7);
    const table = tableOf(numbers("x", Float64Array.from({ length: 50_000 }, normal)));
    const of = (seed: number): NumberReference => referenceOf(table, { seed }).columns["x"] as NumberReference;
    const { sample } = of(1);
    expect(sample).toHaveLength(2000);
    expect(sample).toEqual(sample.toSorted((a, b) => a - b));
    expect(of(1)).toEqual(of(1));
    expect(of(2).sample).not.toEqual(sample);
    // the sample's mean has a standard error of 1 / sqrt(2000) = 0.022; four of them
    expect(Math.abs(sample.reduce((sum, value) => sum + value, 0) / 2000)).toBeLessThan(0.09);
  });

  it("stores smaller samples if there are many columns", () => {
    const values = Float64Array.from({ length: 3000 }, (_, i) => i);
    const columns = Array.from({ length: 400 }, (_, i) => numbers(`x${i}`, values));
    const reference = referenceOf(tableOf(...columns), { seed: 1 });
    expect((reference.columns["x0"] as NumberReference).sample).toHaveLength(500); // 200,000 / 400
  });

  it("counts categories, most frequent first, ties by name", () => {
    const column = categoryColumn("city", ["oslo", "rome", null, "bern", "rome"]);
    expect(referenceOf(tableOf(column), { seed: 1 }).columns["city"]).toEqual({
      kind: "category",
      count: 4,
      missing: 1,
      counts: [
        ["rome", 2],
        ["bern", 1],
        ["oslo", 1],
      ],
    });
  });

  it("omits unused categories of the dictionary, and all beyond a thousand", () => {
    const unused: Column = { kind: "category", name: "c", codes: Int32Array.of(1, 1), categories: ["a", "b"] };
    expect(referenceOf(tableOf(unused), { seed: 1 }).columns["c"]).toMatchObject({ counts: [["b", 2]] });
    const ids = categoryColumn(
      "id",
      Array.from({ length: 1500 }, (_, i) => `id${i}`),
    );
    const reference = referenceOf(tableOf(ids), { seed: 1 }).columns["id"];
    expect(reference).toMatchObject({ count: 1500 });
    expect(reference?.kind === "category" && reference.counts.length).toBe(1000);
  });

  it("can be represented in JSON for a column without values", () => {
    const reference = referenceOf(tableOf(numbers("x", [NaN, NaN])), { seed: 1, prediction: numbers("p", [1, 2]) });
    expect(reference.columns["x"]).toMatchObject({ count: 0, mean: null, standardDeviation: null, quantiles: [] });
    expect(JSON.parse(JSON.stringify(reference))).toEqual(reference);
    expect(reference.prediction).toMatchObject({ kind: "number", count: 2, mean: 1.5 });
  });
});

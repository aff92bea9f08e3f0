import { describe, expect, it } from "vitest";
import type { Table } from "../../core/table/table.ts";
import { splitRows } from "./splitRows.ts";

const day = 86_400_000;
const table: Table = {
  rowCount: 10,
  columns: [{ kind: "date", name: "when", values: Float64Array.from([5, 1, 9, 3, 7, 0, 2, 8, 4, 6], (n) => n * day) }],
};
const y = Float64Array.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
const options = { method: "random", validationSize: 0.25, seed: 42, classCount: 2 } as const;

describe("splitRows", () => {
  it("assigns every row to exactly one part and rounds the validation part up", () => {
    const { training, validation } = splitRows(table, y, options);
    expect(validation.length).toBe(3); // ceil(10 × 0.25), as scikit-learn's train_test_split
    expect([...training, ...validation].toSorted((a, b) => a - b)).toEqual([...y.keys()]);
  });

  it("gives the same split for the same seed, another for another seed", () => {
    const validations = [1, 1, 2, 3, 4].map((seed) => splitRows(table, y, { ...options, seed }).validation.join());
    expect(validations[0]).toBe(validations[1]);
    expect(new Set(validations).size).toBeGreaterThan(1);
  });

  it("stratified: keeps the share of each class", () => {
    const { validation } = splitRows(table, y, { ...options, method: "stratified", validationSize: 0.5 });
    expect([...validation].filter((row) => y[row] === 1)).toHaveLength(1);
    expect([...validation].filter((row) => y[row] === 0)).toHaveLength(4);
  });

  it("group: keeps the rows of a group together, up to the share of rows", () => {
    const groups = Array.from({ length: 300 }, (_, row) => (row % 7 === 0 ? null : `client ${(row * row) % 41}`));
    const long = { rowCount: 300, columns: [] };
    const { training, validation } = splitRows(long, new Float64Array(300), { ...options, method: "group", groups });
    const of = (rows: Int32Array) => new Set(Array.from(rows, (row) => groups[row]!));
    expect(of(training).intersection(of(validation)).size).toBe(0);
    expect(training.length + validation.length).toBe(300);
    expect(validation.length).toBeGreaterThan(60);
    expect(validation.length).toBeLessThanOrEqual(75);
    // Class 2 is only in one group, which trains with every seed.
    const classes = Float64Array.from(groups, (group, row) => (group === "client 4" ? 2 : row % 2));
    for (let seed = 0; seed < 20; seed++) {
      const split = splitRows(long, classes, { ...options, seed, classCount: 3, method: "group", groups });
      expect(Array.from(split.validation, (row) => classes[row])).not.toContain(2);
    }
    const same = groups.map(() => "a");
    expect(() => splitRows(long, new Float64Array(300), { ...options, method: "group", groups: same })).toThrow(
      "the split leaves no validation rows (300 rows, method group): all of them have the same group",
    );
  });

  it("time: trains on the rows up to the cutoff, inclusive", () => {
    const split = splitRows(table, y, { ...options, method: "time", timeColumn: "when", cutoff: "1970-01-05" });
    expect([...split.training]).toEqual([1, 3, 5, 6, 8]);
  });

  it("time: validates on the latest rows without a cutoff", () => {
    const split = splitRows(table, y, { ...options, method: "time", timeColumn: "when" });
    expect([...split.validation]).toEqual([2, 4, 7]);
  });

  it("time: keeps rows of one time together, and trains up to the last time that leaves later rows", () => {
    const split = (times: readonly number[], size = 0.2) => {
      const columns = [{ kind: "date", name: "when", values: Float64Array.from(times, (n) => n * day) }] as const;
      const { training, validation } = splitRows({ rowCount: times.length, columns }, Float64Array.from(times), {
        ...options,
        method: "time",
        timeColumn: "when",
        validationSize: size,
      });
      return [training.length, validation.length];
    };
    const snapshots = Array.from({ length: 90 }, (_, row) => 30 * Math.floor(row / 30));
    expect(split(snapshots)).toEqual([60, 30]); // three months: the last one has more than a fifth of the rows
    expect(split(snapshots, 0.7)).toEqual([30, 60]);
    expect(split([0, 1, 1, 1, NaN])).toEqual([2, 3]); // a row without a time trains
    expect(() => split([5, 5, 5])).toThrow(/leaves no validation rows .*: all of them have the same time/);
  });

  it("time: may be given instead of a column", () => {
    const times = Float64Array.from(y, (_, row) => -row);
    expect([...splitRows(table, y, { ...options, method: "time", times }).validation]).toEqual([0, 1, 2]);
  });

  it("time: has one cutoff for all series, and leaves the last time if it has more rows than the validation part", () => {
    const split = (times: readonly number[]) => {
      const when = { kind: "date" as const, name: "when", values: Float64Array.from(times) };
      return splitRows({ rowCount: 10, columns: [when] }, y, { ...options, method: "time", timeColumn: "when" });
    };
    expect([...split([3, 1, 2, 3, 1, 2, 3, 1, 2, 3]).validation]).toEqual([0, 3, 6, 9]);
    expect([...split([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]).validation]).toEqual([8, 9]);
    expect(() => split(Array.from({ length: 10 }, () => 1))).toThrow(/leaves no validation rows/);
  });

  it("head: trains on the first rows", () => {
    expect([...splitRows(table, y, { ...options, method: "head", rows: 8 }).validation]).toEqual([8, 9]);
  });

  it("rejects a split with an empty part, and method time without a date column", () => {
    expect(() => splitRows(table, y, { ...options, method: "head", rows: 10 })).toThrow(/leaves no validation rows/);
    expect(() => splitRows(table, y, { ...options, method: "time" })).toThrow(/time_column is not set/);
  });
});

import { describe, expect, it } from "vitest";
import type { Signature } from "../../core/table/table.ts";
import { rowReader } from "./rowReader.ts";

const signature: Signature = {
  inputs: [
    { name: "age", kind: "number", minimum: 18, maximum: 90, missingShare: 0 },
    { name: "city", kind: "category", categories: ["bergen", "oslo"], missingShare: 0 },
    { name: "since", kind: "date", minimum: Date.UTC(2020, 0, 1), maximum: Date.UTC(2024, 0, 1), missingShare: 0 },
  ],
  target: { name: "y", task: "regression" },
  reading: { nullValues: [""], normalizeNames: false },
};

describe("rowReader", () => {
  it("reads strings and values, and returns columns in the model's order", () => {
    const { table, problems } = rowReader(signature, ["city", "extra", "since", "age"])([
      ["oslo", 1, "2021-01-01", "20"],
      [null, 1, "", 30],
    ]);
    expect(problems.map(({ row, column, check }) => [row, column, check])).toEqual([
      [1, "city", "empty"],
      [1, "since", "empty"],
    ]);
    expect(
      table.columns.map((column) => Array.from(column.kind === "category" ? column.codes : column.values)),
    ).toEqual([
      [20, 30],
      [1, -1],
      [Date.UTC(2021, 0, 1), NaN],
    ]);
  });

  it("reads 20240131 as a date where the model learned %Y%m%d, as a number of JSON too", () => {
    const reading = { ...signature.reading, formats: { since: "%Y%m%d" } };
    const read = rowReader({ ...signature, reading, inputs: [{ ...signature.inputs[2]! }] }, ["since"]);
    const { table, problems } = read([[20240101], ["20240101"], [7]]);
    const [day] = [Date.UTC(2024, 0, 1)];
    expect(table.columns[0]).toMatchObject({ values: Float64Array.of(day, day, NaN) });
    expect(problems.map(({ row }) => row)).toEqual([2]);
  });

  it("reads what config.json declares missing so in numbers and dates only, and reports it", () => {
    const reading = { ...signature.reading, alsoMissing: ["soon", "20", "oslo"] };
    const read = rowReader({ ...signature, reading }, ["age", "city", "since"]);
    const { table, problems } = read([["20", "oslo", "soon"]]);
    expect(table.columns.map((column) => [...(column.kind === "category" ? column.codes : column.values)])).toEqual([
      [20],
      [1],
      [NaN],
    ]);
    expect(problems).toMatchObject([{ column: "since", check: "declared" }]);
  });

  it("reports row, column and value that cannot be parsed, and continues", () => {
    const { table, problems } = rowReader(signature, ["age", "city", "since"])([
      ["abc", "oslo", "2021-01-01"],
      ["20", "oslo", "someday"],
    ]);
    expect(problems.map(({ row, column, check, message }) => [row, column, check, message])).toEqual([
      [0, "age", "type", '"abc" is not a number'],
      [1, "since", "type", '"someday" is not a date such as 2024-01-31'],
    ]);
    expect(table.rowCount).toBe(2);
  });

  it("reports an unseen category with a suggestion, and a value outside the training range", () => {
    const { problems } = rowReader(signature, ["age", "city", "since"])([["99", "olso", "2021-01-01"]]);
    expect(problems.map(({ check, message }) => [check, message])).toEqual([
      ["range", "99 is outside the training range, 18 to 90"],
      ["category", '"olso" was not seen in training; did you mean "oslo"?'],
    ]);
  });

  it("accepts later dates than in training, but not earlier ones or placeholders", () => {
    const read = rowReader(signature, ["age", "city", "since"]);
    const problemsOf = (since: string) =>
      read([["20", "oslo", since]]).problems.map(({ check, message }) => [check, message]);
    expect(problemsOf("2021-01-01")).toEqual([]);
    expect(problemsOf("2031-06-01")).toEqual([]);
    expect(problemsOf("9999-12-31")).toEqual([
      ["range", "9999-12-31 is outside the training range, 2020-01-01 to 2024-01-01"],
    ]);
    expect(problemsOf("1970-01-01T09:30:00Z")).toEqual([
      ["range", "1970-01-01T09:30:00.000Z is outside the training range, 2020-01-01 to 2024-01-01"],
    ]);
  });

  it("distinguishes NaN, blank and infinite numbers", () => {
    const read = rowReader(signature, ["age", "city", "since"]);
    expect(read([["NaN", "oslo", "2021-01-01"]]).problems).toMatchObject([{ check: "empty" }]);
    const sparse = signature.inputs.map((spec) => ({ ...spec, missingShare: 0.1 }));
    const readSparse = rowReader({ ...signature, inputs: sparse }, ["age", "city", "since"]);
    expect(readSparse([["NaN", null, ""]]).problems).toEqual([]);
    expect(read([["  ", "oslo", "2021-01-01"]]).problems).toHaveLength(1);
    for (const [cell, shown] of [
      ["1e400", '"1e400"'],
      [-Infinity, "-Infinity"],
    ])
      expect(read([[cell, "oslo", "2021-01-01"]]).problems).toEqual([
        { row: 0, column: "age", check: "type", message: `${shown} is infinite or too large for a number` },
      ]);
  });

  it("rejects rows with missing columns, lists all of them and suggests renamed columns", () => {
    expect(() => rowReader(signature, ["agee", "city"])).toThrow(
      expect.objectContaining({
        kind: "data",
        details: ['column "age" is missing; did you rename it to "agee"?', 'column "since" is missing'],
      }),
    );
  });
});

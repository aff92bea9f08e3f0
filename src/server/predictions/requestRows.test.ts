import { describe, expect, it } from "vitest";
import { requestRows } from "./requestRows.ts";

const options = { inputs: new Set(["a", "b"]), mostRows: 3 };
const rowsOf = (body: unknown) => requestRows(body, options).rows.map((row) => ({ ...row }));

describe("requestRows", () => {
  it("takes one object as one row, and everything else as several", () => {
    expect(requestRows({ a: 1 }, options)).toEqual({ rows: [{ a: 1 }], single: true });
    expect(requestRows([{ a: 1 }], options).single).toBe(false);
    expect(requestRows({ data: { a: 1 } }, options)).toEqual({ rows: [{ a: 1 }], single: true });
  });

  it("reads columns, splits and rows without names", () => {
    const expected = [
      { a: 1, b: "x" },
      { a: 2, b: "y" },
    ];
    expect(rowsOf({ inputs: { a: [1, 2], b: ["x", "y"] } })).toEqual(expected);
    expect(rowsOf({ dataframe_split: { columns: ["a", "b"], index: [7, 8], data: [[1, "x"], [2, "y"]] } })).toEqual(expected); // prettier-ignore
    expect(rowsOf({ columns: ["b", "a"], index: [0, 1], data: [["x", 1], ["y", 2]] })).toEqual(expected); // prettier-ignore
    expect(rowsOf({ instances: [[1, "x"], [2, "y"]] })).toEqual(expected); // prettier-ignore
  });

  it("leaves out the index of pandas' table JSON, unless the model has a column of that name", () => {
    const body = { schema: { primaryKey: ["index"] }, data: [{ index: 0, a: 1 }] };
    expect(rowsOf(body)).toEqual([{ a: 1 }]);
    expect({ ...requestRows(body, { ...options, inputs: new Set(["index"]) }).rows[0] }).toEqual({ index: 0, a: 1 });
  });

  it("takes no column of the model for a wrapper", () => {
    expect(requestRows({ data: 3, a: 1 }, { ...options, inputs: new Set(["data", "a"]) }).single).toBe(true);
  });

  it("keeps a key called __proto__ a key", () => {
    const [row] = requestRows({ inputs: { ["__proto__"]: [1], a: [2] } }, options).rows;
    expect(Object.keys(row!)).toEqual(["__proto__", "a"]);
    expect((row as { toString?: unknown }).toString).toBeUndefined();
  });

  it.each([
    [[1], "row 0 is not an object"],
    [[{ a: 1 }, null], "row 1 is not an object"],
    [{ inputs: { a: [1], b: [] } }, 'the columns of "inputs" differ in length: "a" has 1 values, "b" has 0'],
    [
      { dataframe_split: { columns: ["a"], data: [[1], [1, 2]] } },
      "row 1 does not have one value for each of the 1 columns",
    ],
    [{ data: 3 }, '"data" contains no rows'],
    [{ rows: [{ a: 1 }] }, 'the body has only a list called "rows": it must be a row or a list of rows'],
    ["x", "the body contains no rows"],
    [[{}, {}, {}, {}], "4 rows, the maximum is 3 a request"],
    [{ inputs: { a: [1, 2, 3, 4] } }, "4 rows, the maximum is 3 a request"],
  ])("refuses %j", (body, message) => {
    expect(() => requestRows(body, options)).toThrow(message);
  });
});

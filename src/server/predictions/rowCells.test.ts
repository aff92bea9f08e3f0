import { describe, expect, it } from "vitest";
import { rowSelector } from "../../data/stream/selectedRows.ts";
import type { RequestRow } from "./requestRows.ts";
import { selectRequest } from "./rowCells.ts";

const select = { yr: "year(CAST(d AS DATE))", ratio: "a / nullif(b, 0)", city: "coalesce(place ->> 'city', 'none')" };
const served = {
  inputs: ["b", "yr", "ratio", "city"],
  names: [],
  computed: select,
  columnName: (given: string) => given,
};

async function selected(rows: readonly RequestRow[]) {
  const selector = rowSelector({
    select,
    wanted: [
      { name: "b", kind: "number" },
      { name: "yr", kind: "number" },
      { name: "ratio", kind: "number" },
      { name: "city", kind: "category" },
    ],
    recorded: [
      { name: "a", type: "BIGINT" },
      { name: "b", type: "BIGINT" },
      { name: "d", type: "DATE" },
      { name: "place", type: "VARCHAR" },
    ],
    types: {},
    nullValues: [""],
    onNote: () => undefined,
  })!;
  const made = await selectRequest(rows, selector, { served, config: { serve: { request_aliases: { day: "d" } } } });
  await selector.close();
  return { rows: made.rows.map((row) => ({ ...row })), errors: made.errors };
}

describe("selectRequest", () => {
  it("keeps the results of rows that have them, and lets columns that a row lacks be missing", async () => {
    const { rows, errors } = await selected([
      { b: 2, day: "2020-01-01", a: 1, e: 9 },
      { b: 2, yr: 2015, ratio: 7, e: "x" },
      { b: 2 },
      { b: 2, yr: ["2015"] },
    ]);
    expect(errors).toEqual([]);
    expect(rows).toEqual([
      { b: 2, e: 9, yr: 2020, ratio: 0.5 },
      { b: 2, e: "x", yr: 2015, ratio: 7 },
      { b: 2 },
      { b: 2, yr: ["2015"] },
    ]);
  });

  it("names the column of each failure, however DuckDB words it", async () => {
    const { errors } = await selected([
      { a: 1, b: 2, d: "2020-01-01" },
      { a: 1, b: "x", d: "bad" },
    ]);
    expect(errors.map(({ row, column }) => [row, column])).toEqual([
      [1, "d"],
      [1, "ratio"],
    ]);
    expect(errors[0]!.message).toMatch(/^ingest\.select\.yr: invalid date field format: "bad"/);
  });

  it("reads a list or an object as JSON text, as predict does", async () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 100_000; depth++) deep = [deep];
    const { rows, errors } = await selected([
      { place: { city: "Bonn" } },
      { d: ["2020-01-01"], a: 1, b: 2 },
      { place: deep },
      { extra: deep },
    ]);
    expect(rows[0]).toEqual({ city: "Bonn" });
    expect(errors).toContainEqual(expect.objectContaining({ row: 1, column: "d", check: "type" }));
    // Node 26 writes values of any depth.
    for (const error of errors.filter(({ row }) => row !== 1))
      expect(error).toEqual({
        row: 2,
        column: "place",
        check: "type",
        message: 'the value of column "place" is nested too deeply',
      });
  });
});

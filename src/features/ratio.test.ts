import { expect, it } from "vitest";
import type { Table } from "../core/table/table.ts";
import { ratio } from "./ratio.ts";

const calls: Table = {
  rowCount: 5,
  columns: [
    { kind: "number", name: "seconds", values: Float64Array.of(60, 90, 0, NaN, 5) },
    { kind: "number", name: "calls", values: Float64Array.of(4, -2, 8, 2, 0) },
  ],
};
const context = { task: "binary", seed: 1, target: "target" } as const;

it("divides row by row, with missing values where there is no quotient", () => {
  const made = ratio.load(ratio.fit(calls, { column: "seconds", by: "calls" }, context))(calls);
  expect(made.columns.map(({ name }) => name)).toEqual(["seconds", "seconds_by_calls", "calls"]);
  expect(made.columns[0]).toBe(calls.columns[0]);
  // 60 / 4, 90 / −2, 0 / 8, missing / 2, 5 / 0
  expect(made.columns[1]).toMatchObject({ values: Float64Array.of(15, -45, 0, NaN, NaN) });
});

it("uses all other number columns by default, and requires a divisor", () => {
  expect(ratio.fit(calls, { by: "calls" }, context)).toEqual({
    columns: ["seconds"],
    by: "calls",
    inputs: ["seconds", "calls"],
  });
  expect(() => ratio.fit(calls, { column: "seconds" }, context)).toThrow("no column to divide by given");
  expect(() => ratio.fit(calls, { column: "seconds", by: "call" }, context)).toThrow('no column "call"');
});

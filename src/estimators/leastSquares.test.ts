import { expect, it } from "vitest";
import { turnsFor } from "./turns.ts";
import { centre, triangularFactor } from "./leastSquares.ts";

it.each([
  ["even", 4],
  ["odd", 5],
])("centres are the weighted means for an %s number of rows", (_, rowCount) => {
  const columnNames = ["a", "b"];
  const values = Float64Array.from({ length: 2 * rowCount }, (__, at) => (at % 2 === 0 ? at : -at * at));
  const y = Float64Array.from({ length: rowCount }, (__, row) => row + 1);
  const weights = Float64Array.from({ length: rowCount }, (__, row) => 1 + (row % 2));
  const { columns, y: mean } = centre({ rowCount, columnNames, values }, y, true, weights);
  // rows 0 … 4: a = 0, 2, 4, 6, 8; b = −1, −9, −25, −49, −81; weights 1, 2, 1, 2, 1
  const [a, b, of, total] = rowCount === 4 ? [20, -142, 16, 6] : [28, -223, 21, 7];
  expect([...columns, mean]).toEqual([a! / total!, b! / total!, of! / total!]);
});

it.each([1e-170, 1e-310, 1e38])("reduces a column of numbers whose squares vanish or overflow (%d)", async (unit) => {
  // Columns (1, 2, 2, …) and unit · (3, 0, 4, …), one below the other: |R| = [3, 11/3; 0, √(25 − (11/3)²)] · [1, unit]
  const values = Float64Array.of(1, 3 * unit, 2, 0, 2, 4 * unit, 0, 0, 0, 0);
  const X = { rowCount: 5, columnNames: ["a", "b"], values };
  const centres = { columns: new Float64Array(2), y: 0 };
  const { factor } = await triangularFactor(X, new Float64Array(5), centres, { turns: turnsFor(undefined) });
  const digits = unit === 1e-310 ? 10 : 14; // subnormal numbers have fewer
  expect(Math.abs(factor[0]!)).toBeCloseTo(3, 14);
  expect(Math.abs(factor[1]!) / unit).toBeCloseTo(11 / 3, digits);
  expect(Math.abs(factor[3]!) / unit).toBeCloseTo(Math.sqrt(25 - (11 / 3) ** 2), digits);
});

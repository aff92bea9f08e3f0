import { expect, it } from "vitest";
import { centre } from "./leastSquares.ts";

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

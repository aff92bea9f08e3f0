import { expect, it } from "vitest";
import { choleskySolve } from "./newton.ts";

it.each([NaN, Infinity, -Infinity, 1e308])("ends for a matrix with %d", (odd) => {
  const right = Float64Array.of(1, 2);
  for (const at of [0, 1, 3]) {
    const solved = choleskySolve(Float64Array.of(2, 1, 0, 3).with(at, odd), right);
    expect(solved === null || solved.length === 2).toBe(true);
    if (!Number.isFinite(odd)) expect(solved?.every(Number.isFinite) ?? false).toBe(false);
  }
});

it("solves a definite matrix, and a singular one with the least ridge that makes it definite", () => {
  // [2 1; 1 3] x = [1, 2] gives x = [1/5, 3/5]
  expect([...choleskySolve(Float64Array.of(2, 1, 0, 3), Float64Array.of(1, 2))!]).toEqual([
    expect.closeTo(0.2, 15),
    expect.closeTo(0.6, 15),
  ]);
  // [1 1; 1 1] x = [1, 1]: the shortest solution is [1/2, 1/2]; the ridge is about 1e-16 to 1e-14
  const [a, b] = choleskySolve(Float64Array.of(1, 1, 0, 1), Float64Array.of(1, 1))!;
  expect(a! + b!).toBeCloseTo(1, 12);
});

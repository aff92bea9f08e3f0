import { describe, expect, it } from "vitest";
import { requireComplete } from "./fittedState.ts";

describe("requireComplete", () => {
  const rowCount = 3001;
  const X = (values: Float64Array) => ({ rowCount, columnNames: ["a", "b", "c"], values });

  it.each([NaN, Infinity, -Infinity])("names feature and row of the first %d among many rows", (hole) => {
    for (const at of [0, 4095, 4096, 8192, 9001, 9002]) {
      const values = new Float64Array(3 * rowCount).fill(-3.4e38);
      values[at] = hole;
      values[9002] = hole;
      const place = `feature "${"abc"[at % 3]}" has no finite value in row ${Math.floor(at / 3) + 1}`;
      expect(() => requireComplete(X(values), null, "ridge")).toThrow(place);
    }
  });

  it("accepts numbers of the range of float32, and names row and value of others", () => {
    const values = new Float64Array(3 * rowCount).fill(3.4028234663852886e38);
    expect(() => requireComplete(X(values), values.slice(0, 3), "ridge")).not.toThrow();
    values[9001] = -3.5e38;
    expect(() => requireComplete(X(values), null, "ridge")).toThrow('feature "b" is -3.5e+38 in row 3001: ridge takes');
    expect(() => requireComplete(X(values.fill(0)), Float64Array.of(1, 1e200), "ridge")).toThrow(
      "target is 1e+200 in row 2",
    );
  });
});

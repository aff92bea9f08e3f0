import { describe, expect, it } from "vitest";
import { requireComplete } from "./requireComplete.ts";

describe("requireComplete", () => {
  const rowCount = 3001;
  const X = (values: Float64Array) => ({ rowCount, columnNames: ["a", "b", "c"], values });

  it.each([NaN, Infinity, -Infinity])("names feature and row of the first %d among many rows", (hole) => {
    for (const at of [0, 4095, 4096, 8192, 9001, 9002]) {
      const values = new Float64Array(3 * rowCount).fill(-1e308);
      values[at] = hole;
      values[9002] = hole;
      const place = `feature "${"abc"[at % 3]}" has no finite value in row ${Math.floor(at / 3) + 1}`;
      expect(() => requireComplete(X(values), null, "ridge")).toThrow(place);
    }
  });

  it("accepts any finite value", () => {
    const values = new Float64Array(3 * rowCount).fill(1.7e308);
    expect(() => requireComplete(X(values), null, "ridge")).not.toThrow();
  });
});

/** Bins instead of values: the same bytes. */
import { describe, expect, it } from "vitest";
import { random } from "../../../../core/random.ts";
import { findLibraries } from "./findLibrary.ts";
import { trainNative } from "./trainNative.ts";

const library = findLibraries()[0]?.path;

describe.skipIf(library === undefined)("the matrix of bins", () => {
  it.each([
    ["binary:logistic", {}],
    ["reg:squarederror", { max_bin: "16" }],
    ["multi:softprob", { num_class: "3" }],
  ] as const)("leads to the same %s model, with missing values and weights", (objective, own) => {
    const [rowCount, columnCount] = [3000, 5];
    const { uniform, integer } = random(1);
    const values = Float32Array.from({ length: rowCount * columnCount }, (_, i) =>
      uniform() < 0.1 ? NaN : i % columnCount === 0 ? integer(4) : uniform(),
    );
    const score = (row: number): number => (values[row * columnCount] || 0) + 2 * (values[row * columnCount + 1] || 0);
    const labels = Float32Array.from({ length: rowCount }, (_, row) =>
      objective === "reg:squarederror"
        ? score(row)
        : Math.min(objective === "multi:softprob" ? 2 : 1, score(row) / 2) | 0,
    );
    const weights = Float32Array.from({ length: rowCount }, () => 0.5 + uniform());
    const params = {
      objective,
      tree_method: "hist",
      subsample: "0.8",
      colsample_bytree: "0.7",
      seed: "3",
      nthread: "1",
    };
    const all = { ...params, ...own };
    const job = { rowCount, columnCount, values, labels, weights, params: all, rounds: 8, library: library! };
    const [kept, binned] = [Infinity, 0].map((least) => trainNative(job, () => undefined, { binned: least }));
    expect(kept!.length).toBeGreaterThan(1000);
    expect(Buffer.from(binned!).equals(kept!)).toBe(true);
  });
});

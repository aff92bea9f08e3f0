import { describe, expect, it } from "vitest";
import { foldsOf } from "./selectionFolds.ts";

/** 40 rows of class 0, 20 of class 1, 4 of class 2, shuffled. */
const y = Float64Array.from({ length: 64 }, (_, row) => (row % 16 === 3 ? 2 : row % 16 < 6 ? 1 : 0));
const options = { seed: 1, classCount: 3 };

describe("foldsOf", () => {
  it("validates every row once and trains on all others, in ascending order", () => {
    const folds = foldsOf(y, 4, options);
    expect(folds.flatMap(({ validation }) => [...validation]).toSorted((a, b) => a - b)).toEqual([...y.keys()]);
    for (const { training, validation } of folds) {
      expect([...training]).toEqual([...y.keys()].filter((row) => !validation.includes(row)));
      expect([...validation]).toEqual([...validation].toSorted((a, b) => a - b));
    }
  });

  it("distributes each class evenly", () => {
    const shares = foldsOf(y, 4, options).map(({ validation }) => [0, 1, 2].map((code) => countOf(validation, code)));
    expect(shares).toEqual(Array.from({ length: 4 }, () => [40, 20, 4].map((rows) => rows / 4)));
  });

  it("fold sizes differ by at most one row, also if class sizes are not divisible", () => {
    const fourClasses = Float64Array.from({ length: 21 }, (_, row) => row % 4);
    const sizes = [0, 4].map((classCount) =>
      foldsOf(fourClasses, 4, { seed: 1, classCount }).map(({ validation }) => validation.length),
    );
    expect(sizes).toEqual([
      [6, 5, 5, 5],
      [6, 5, 5, 5],
    ]);
  });

  it("gives the same folds for the same seed, others for another seed, and shuffles the rows", () => {
    expect(foldsOf(y, 4, options)).toEqual(foldsOf(y, 4, options));
    expect(foldsOf(y, 4, { ...options, seed: 2 })).not.toEqual(foldsOf(y, 4, options));
    const [first] = foldsOf(y, 4, { seed: 1, classCount: 0 });
    expect([...first!.validation]).not.toEqual([...first!.validation.keys()].map((i) => 4 * i));
  });
});

function countOf(rows: Int32Array, code: number): number {
  return rows.filter((row) => y[row] === code).length;
}

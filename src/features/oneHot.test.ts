import { describe, expect, it } from "vitest";
import { categoryColumn, type NumberColumn } from "../core/table/table.ts";
import type { TransformOptions } from "../core/transform.ts";
import { oneHot } from "./oneHot.ts";

// X = np.array(["oslo", "bergen", "oslo", "rome", "Ålesund", "rome"], dtype=object).reshape(-1, 1)
const X = ["oslo", "bergen", "oslo", "rome", "Ålesund", "rome"];

describe("one_hot", () => {
  it("gives the same columns as scikit-learn", () => {
    // OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(X)
    //   .transform([["bergen"], ["paris"], ["rome"], ["Ålesund"]])
    const state = fit(X);
    expect(oneHot.outputNames(state)).toEqual(["city=bergen", "city=oslo", "city=rome", "city=Ålesund"]);
    expect(encode(state, ["bergen", "paris", "rome", "Ålesund"])).toEqual([
      [1, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 1],
    ]);
  });

  it("encodes a missing category as a row of zeros", () => {
    expect(encode(fit([...X, null]), [null, "oslo"])).toEqual([
      [0, 0, 0, 0],
      [0, 1, 0, 0],
    ]);
  });

  it("looks up categories by string, not by code", () => {
    const state = fit(["a", "b", "c"]);
    expect(encode(state, ["c", "a"])).toEqual([
      [0, 0, 1],
      [1, 0, 0],
    ]);
  });

  it("gives a column to the most frequent categories only, with ties in string order", () => {
    const state = fit(["c", "c", "b", "a", "d", "d", "d"], { max_categories: 3 });
    expect(state.columns[0]!.categories).toEqual(["a", "c", "d"]);
    expect(encode(state, ["b"])).toEqual([[0, 0, 0]]);
  });

  it("has at most a hundred columns by default", () => {
    const texts = Array.from({ length: 150 }, (_, i) => `t${i}`);
    expect(fit(texts).columns[0]!.categories).toHaveLength(100);
    expect(fit(texts, { max_categories: 200 }).columns[0]!.categories).toHaveLength(150);
  });

  it("skips a category of the dictionary that no training row has", () => {
    const column = { ...categoryColumn("city", ["a", "b"]), codes: Int32Array.of(1, 1) };
    const state = oneHot.fit({ rowCount: 2, columns: [column] }, {}, context);
    expect(state.columns[0]!.categories).toEqual(["b"]);
  });

  it("distinguishes categories that are properties of every object", () => {
    expect(encode(fit(["constructor", "__proto__"]), ["__proto__", "toString"])).toEqual([
      [1, 0],
      [0, 0],
    ]);
  });
});

const context = { task: "binary", seed: 1, target: "y" } as const;

function tableOf(texts: (string | null)[]) {
  return { rowCount: texts.length, columns: [categoryColumn("city", texts)] };
}

function fit(texts: (string | null)[], options: TransformOptions = {}) {
  return oneHot.fit(tableOf(texts), options, context);
}

function encode(state: ReturnType<typeof fit>, texts: (string | null)[]): number[][] {
  const made = oneHot.load(state)(tableOf(texts)).columns as NumberColumn[];
  return texts.map((_, row) => made.map((column) => column.values[row]!));
}

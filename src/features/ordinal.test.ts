import { describe, expect, it } from "vitest";
import { categoryColumn, type NumberColumn } from "../core/table/table.ts";
import type { TransformOptions } from "../core/transform.ts";
import { ordinal } from "./ordinal.ts";

describe("ordinal", () => {
  it("gives the same numbers as scikit-learn, with unseen and missing categories as missing", () => {
    // OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan).fit([["low"], ["high"], ["mid"], ["low"]])
    //   .transform([["mid"], ["paris"], ["low"]]).ravel()
    expect(positions(["low", "high", "mid", "low"], ["mid", "paris", "low", null])).toEqual([2, NaN, 1, NaN]);
  });

  it("uses the given order", () => {
    const order = ["low", "mid", "high"];
    expect(positions(["high", "low"], ["low", "mid", "high"], { order })).toEqual([0, 1, 2]);
  });
});

function positions(training: string[], texts: (string | null)[], options: TransformOptions = {}): number[] {
  const state = ordinal.fit(tableOf(training), options, { task: "binary", seed: 1, target: "y" });
  return [...(ordinal.load(state)(tableOf(texts)).columns[0] as NumberColumn).values];
}

function tableOf(texts: (string | null)[]) {
  return { rowCount: texts.length, columns: [categoryColumn("level", texts)] };
}

import { describe, expect, it } from "vitest";
import { categoryColumn, type CategoryColumn } from "../core/table/table.ts";
import type { TransformOptions } from "../core/transform.ts";
import { group } from "./group.ts";

const weather = ["Clear", "Fog", "Clear", "Smoke", "Rain", null, "Clear", "Rain"];

describe("group", () => {
  it("merges named categories and keeps the others, including unseen ones", () => {
    const options = { groups: { Fog_Smoke_Squall: ["Fog", "Smoke", "Squall"] } };
    expect(grouped(options, ["Squall", "Fog", "Rain", "Hail", null])).toEqual([
      "Fog_Smoke_Squall",
      "Fog_Smoke_Squall",
      "Rain",
      "Hail",
      null,
    ]);
  });

  it("merges rare and unseen categories", () => {
    const texts = ["Clear", "Rain", "Fog", "Hail", null];
    expect(grouped({ min_count: 2 }, texts)).toEqual(["Clear", "Rain", "other", "other", null]);
    expect(grouped({ min_count: 3, other: "rare" }, texts)).toEqual(["Clear", "rare", "rare", "rare", null]);
  });

  it("counts named groups as a whole", () => {
    const options = { groups: { haze: ["Fog", "Smoke"] }, min_count: 2 };
    expect(grouped(options, ["Fog", "Smoke", "Hail"])).toEqual(["haze", "haze", "other"]);
  });

  it("rejects missing groups and a group that is not a list", () => {
    expect(() => grouped({}, [])).toThrow("no groups given");
    expect(() => grouped({ groups: { haze: "Fog" } }, [])).toThrow('group "haze" is not a list of strings');
  });
});

function grouped(options: TransformOptions, texts: (string | null)[]): (string | null)[] {
  const state = group.fit(tableOf(weather), options, { task: "binary", seed: 1, target: "y" });
  const column = group.load(state)(tableOf(texts)).columns[0] as CategoryColumn;
  expect(new Set(column.categories).size).toBe(column.categories.length);
  return Array.from(column.codes, (code) => (code < 0 ? null : column.categories[code]!));
}

function tableOf(texts: (string | null)[]) {
  return { rowCount: texts.length, columns: [categoryColumn("weather", texts)] };
}

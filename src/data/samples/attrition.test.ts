import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { attritionSample } from "./attrition.ts";

/** Seed of the files in the repository. */
const SEED = 42;
const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

const dataRows = (content: string): string[] => content.trimEnd().split("\n").slice(1);
const rowsUnder = (folder: string): string[] =>
  attritionSample(SEED).flatMap(({ path, content }) => (path.startsWith(folder) ? dataRows(content) : []));
const column = (folder: string, at: number): number[] => rowsUnder(folder).map((row) => Number(row.split(",")[at]));
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

describe("the attrition sample", () => {
  it.each(attritionSample(SEED))("generates $path as in the repository", async ({ path, content }) => {
    if (process.env["MLCTL_WRITE_SAMPLES"] === "1") await writeFile(`${ROOT}${path}`, content);
    expect(await readFile(`${ROOT}${path}`, "utf8")).toBe(content);
  });

  it("generates other companies with another seed", () => {
    expect(attritionSample(1)).toEqual(attritionSample(1));
    expect(attritionSample(2)[0]!.content).not.toBe(attritionSample(1)[0]!.content);
  });

  it("has overlapping files within a folder, never between folders", () => {
    const [practice, source, test] = ["practicedata", "sourcedata", "testdata"].map(rowsUnder);
    expect([practice!.length, new Set(practice).size]).toEqual([2000, 1800]);
    expect([source!.length, new Set(source).size]).toEqual([1200, 1100]);
    expect(new Set([...practice!, ...source!, ...test!]).size).toBe(1800 + 1100 + 500);
    const codes = [...new Set([...practice!, ...source!, ...test!])].map((row) => row.split(",")[0]);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.every((code) => /^[a-z]{4,6}$/.test(code!))).toBe(true);
  });

  it("has some missing values and about as many labels of each class", () => {
    const rows = rowsUnder("practicedata").map((row) => row.split(","));
    const share = (at: number, value: string): number => rows.filter((row) => row[at] === value).length / rows.length;
    expect(share(1, "")).toBeGreaterThan(0.015);
    expect(share(1, "")).toBeLessThan(0.045);
    expect(share(3, "")).toBeGreaterThan(0.01);
    expect(share(4, "1")).toBeGreaterThan(0.4);
    expect(share(4, "1")).toBeLessThan(0.65);
  });

  it("has drift in sourcedata", () => {
    expect(median(column("sourcedata", 2))).toBeLessThan(0.8 * median(column("practicedata", 2)));
    expect(median(column("sourcedata", 3))).toBeGreaterThan(1.2 * median(column("practicedata", 3)));
    expect(median(column("testdata", 2)) / median(column("practicedata", 2))).toBeCloseTo(1, 0);
  });
});

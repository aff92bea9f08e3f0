import { describe, expect, it } from "vitest";
import { glob } from "./glob.ts";

describe("glob", () => {
  it.each([
    ["*.csv", "a.csv", true],
    ["*.csv", "A.CSV", true],
    ["*.csv", "x/a.csv", false],
    ["**/*.csv", "a.csv", true],
    ["**/*.csv", "x/y/a.csv", true],
    ["data/**", "data/x/a.csv", true],
    ["Metro_20{12,13}.csv", "Metro_2013.csv", true],
    ["Metro_20{12,13}.csv", "Metro_2014.csv", false],
    ["**/*.{csv,csv.gz}", "x/a.csv.gz", true],
    ["sales_[0-9][0-9].csv", "sales_07.csv", true],
    ["sales_[0-9][0-9].csv", "sales_x7.csv", false],
    ["[!a]*.csv", "b.csv", true],
    ["a?.csv", "ab.csv", true],
    ["a.csv", "aXcsv", false],
    ["a,b(1).csv", "a,b(1).csv", true],
    ["data (1).csv", "data (1).csv", true],
    ["data (1).csv", "data 1.csv", false],
    ["!a+b@c.csv", "!a+b@c.csv", true],
    ["a+.csv", "aa.csv", false],
    ["*.csv", ".hidden.csv", true],
  ])("%s matches %s: %s", (pattern, path, matched) => {
    expect(glob(pattern)(path)).toBe(matched);
  });

  it.each(["*.{csv", "a[b.csv"])("rejects %s, which has an unclosed bracket", (pattern) => {
    expect(() => glob(pattern)).toThrow(`the pattern "${pattern}" is not valid`);
  });
});

import { describe, expect, it } from "vitest";
import { categoryColumn, type Column } from "../core/table/table.ts";
import { random, type Random } from "../core/random.ts";
import { referenceOf } from "../stats/referenceOf.ts";
import { driftReport } from "./driftReport.ts";

/** Rows of reference and batch, as in the table of Evidently's false alarms [anchors.md 4.6]. */
const sizes = [
  [1000, 100],
  [1000, 1000],
  [1000, 5000],
  [5000, 50],
  [5000, 100],
  [5000, 300],
  [5000, 1000],
  [5000, 5000],
] as const;

/** Standard normal, or the number of equally frequent categories: of 3,000, most rows have a value of their own. */
type Kind = "normal" | 2 | 4 | 20 | 100 | 3000;

function column(kind: Kind, rows: number, { normal, integer }: Random, shift: number): Column {
  if (kind === "normal")
    return { kind: "number", name: "x", values: Float64Array.from({ length: rows }, () => normal() + shift) };
  return categoryColumn(
    "x",
    Array.from({ length: rows }, () => `c${integer(kind)}`),
  );
}

function alarms(kind: Kind, [before, now]: readonly [number, number], trials: number, shift = 0): number {
  let found = 0;
  for (let trial = 0; trial < trials; trial++) {
    const source = random(trial * 7919 + before + now);
    const reference = referenceOf({ rowCount: before, columns: [column(kind, before, source, 0)] }, { seed: 1 });
    const batch = { rowCount: now, columns: [column(kind, now, source, shift)] };
    if (driftReport(reference, batch).dataset.drifted > 0) found++;
  }
  return found;
}

/** `bench/driftFalseAlarms.js` with 400 trials per cell shows at most 6.3 %; here are fewer trials. */
const TRIALS = 40;

describe("the calibrated rules", () => {
  it.each<Kind>(["normal", 2, 4, 20, 100, 3000])(
    "raise few false alarms, for any sizes of reference and batch: %s",
    (kind) => {
      const found = sizes.map((size) => alarms(kind, size, TRIALS));
      // scipy.stats.binom.sf(8, 40, 0.08) is 0.004: the chance of nine or more of 40 if 8 % are false alarms.
      for (const [i, count] of found.entries()) expect(count, sizes[i]!.join(" x ")).toBeLessThan(9);
      // 8 % of all 320 trials of a kind are 26, with a standard deviation of 5: this is the sharper limit.
      expect(found.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(26);
    },
  );

  it("raise at most 5 % false alarms in random splits of a column with many rare categories", () => {
    // Sizes of groups as of tickets or employers: half of the rows have a value of their own, others share it with many.
    const { uniform } = random(1);
    const values = Array.from({ length: 2500 }, () => `v${Math.floor(uniform() ** 4 * 2000 + uniform() * 2)}`);
    const split = (trial: number, before: number): boolean => {
      const shuffled = random(trial).shuffle([...values]);
      const table = (part: readonly string[]) => ({ rowCount: part.length, columns: [categoryColumn("x", part)] });
      const reference = referenceOf(table(shuffled.slice(0, before)), { seed: 1 });
      return driftReport(reference, table(shuffled.slice(before))).columns["x"]!.value < 0.05;
    };
    for (const before of [1250, 2000, 2375]) {
      const found = Array.from({ length: 200 }, (_, trial) => split(trial + 1, before)).filter(Boolean).length;
      // scipy.stats.binom.sf(17, 200, 0.05) is 0.01. With one cell for all unseen values, all 200 are alarms.
      expect(found, `${before} of 2,500 rows`).toBeLessThanOrEqual(17);
    }
  });

  it.each([40, 3000])("detect a new category and the loss of all known ones, among %i categories", (among) => {
    const drifted = (replaced: (value: string, row: number) => string): boolean => {
      const { integer } = random(5);
      const values = (rows: number) => Array.from({ length: rows }, () => `c${integer(among)}`);
      const reference = referenceOf({ rowCount: 5000, columns: [categoryColumn("x", values(5000))] }, { seed: 1 });
      const batch = { rowCount: 300, columns: [categoryColumn("x", values(300).map(replaced))] };
      return driftReport(reference, batch).columns["x"]!.drifted;
    };
    expect(drifted((value) => value)).toBe(false);
    expect(drifted((value, row) => (row % 10 === 0 ? "new" : value))).toBe(true);
    expect(drifted((value) => `other ${value}`)).toBe(true);
  });

  it("detect a shift of half a standard deviation in at least 95 % of batches of 300 rows", () => {
    expect(alarms("normal", [1000, 300], 100, 0.5)).toBeGreaterThanOrEqual(95);
  });
});

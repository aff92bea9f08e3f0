import { describe, expect, it } from "vitest";
import { categoryColumn } from "../core/table/categoryColumn.ts";
import { random, type Random } from "../core/random.ts";
import type { Column } from "../core/table/table.ts";
import { referenceOf } from "../stats/referenceOf.ts";
import { driftReport } from "./driftReport.ts";

/** Rows of reference and batch as in the table of Evidently's false alarms [anchors.md 4.6]. */
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

/** A standard normal, or so many categories that are equally frequent. */
type Kind = "normal" | 2 | 4 | 20 | 100;

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

/** 400 trials a cell, as `bench/driftFalseAlarms.js` prints, show 6.3 % at most; here are fewer. */
const TRIALS = 40;

describe("the calibrated rules where nothing drifts", () => {
  it.each<Kind>(["normal", 2, 4, 20, 100])("alarm seldom, whatever the sizes of both sides: %s", (kind) => {
    const found = sizes.map((size) => alarms(kind, size, TRIALS));
    // scipy.stats.binom.sf(8, 40, 0.08) is 0.004: so seldom a cell of 8 % false alarms would have nine of 40.
    for (const [i, count] of found.entries()) expect(count, sizes[i]!.join(" x ")).toBeLessThan(9);
    // Of all 320 trials of a kind 8 % are 26 and their standard deviation is 5: this is the sharper limit.
    expect(found.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(26);
  });

  it("find half a standard deviation in at least 95 % of batches of 300", () => {
    expect(alarms("normal", [1000, 300], 100, 0.5)).toBeGreaterThanOrEqual(95);
  });
});

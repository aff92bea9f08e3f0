/** One grammar of CSV: ingest, score, explain, monitor, predict, watch, labels and serve read the same cells from the same bytes. */
import { describe, expect, it } from "vitest";
import { differences } from "../../testing/oddCsv.ts";

describe("odd CSV files", () => {
  it("are read to the same cells, or refused with the same reason, by all readers", async () => {
    const { counts, different } = await differences({ seed: 1, files: 120 });
    expect(different).toEqual([]);
    expect(counts.direct).toBeGreaterThan(10);
    expect(counts.rewritten).toBeGreaterThan(10);
    expect(counts.refused).toBeGreaterThan(10);
  });
});

/** 20,000 odd CSV files: all readers of mlctl against each other, and against pandas where Python has it. */
import { describe, expect, it } from "vitest";
import { hasPython } from "../../testing/python.ts";
import { differences } from "../../testing/oddCsv.ts";
import { comparedWithPandas } from "../../testing/pandasCsv.ts";

const FILES = 2500;

describe("odd CSV files", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8].map((part) => part * 100))(
    "are read to the same cells by all readers (seed %i)",
    async (seed) => {
      const { different, counts } = await differences({ seed, files: FILES });
      expect(different).toEqual([]);
      expect(counts.fast).toBeGreaterThan(0);
    },
  );

  it.skipIf(!hasPython("pandas"))("are split into cells as pandas does, but for listed differences", () =>
    comparedWithPandas({ seed: 11, files: 20_000 }).then((kinds) => {
      expect(kinds["other"]).toEqual([]);
      expect(kinds["equal"]!.length).toBeGreaterThan(5000);
    }),
  );
});

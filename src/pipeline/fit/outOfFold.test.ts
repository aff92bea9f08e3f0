import { describe, expect, it } from "vitest";
import { random } from "../../core/random.ts";
import { outOfFold, type FoldRows } from "./outOfFold.ts";

interface Asked {
  readonly training: readonly number[];
  readonly judged: readonly number[];
}

/** The rows of every fold, and the truths that come back. */
async function ask(rows: FoldRows): Promise<{ asked: Asked[]; y: Float64Array; probabilities: Float64Array }> {
  const asked: Asked[] = [];
  const answered = await outOfFold(rows, async (training, judged) => {
    asked.push({ training: [...training], judged: [...judged] });
    return Float64Array.from(judged, (row) => row / 1000);
  });
  return { asked, ...answered };
}

const alternating = (count: number): Float64Array => Float64Array.from({ length: count }, (_, row) => row % 2);

describe("outOfFold", () => {
  it("judges every row once a draw, by a model that has not seen it; few rows in five draws, many in one", async () => {
    for (const [count, draws] of [
      [90, 5],
      [600, 3],
      [2001, 1],
    ] as const) {
      const { asked, y, probabilities } = await ask({ y: alternating(count), seed: 1 });
      expect(asked).toHaveLength(3 * draws);
      for (const { training, judged } of asked) {
        expect(training.length + judged.length).toBe(count);
        expect(judged.filter((row) => training.includes(row))).toEqual([]);
      }
      const rows = Array.from(probabilities, (probability) => Math.round(probability * 1000));
      for (let row = 0; row < count; row += 29) expect(rows.filter((each) => each === row)).toHaveLength(draws);
      expect([...y]).toEqual(rows.map((row) => row % 2));
    }
  });

  it("draws other folds each time", async () => {
    const { asked } = await ask({ y: alternating(90), seed: 1 });
    expect(asked[3]!.judged).not.toEqual(asked[0]!.judged);
  });

  it("learns from earlier rows only where rows have a time", async () => {
    const times = random(1).shuffle(Float64Array.from({ length: 80 }, (_, day) => day));
    const { asked, y } = await ask({ y: alternating(80), seed: 1, times });
    expect(asked).toHaveLength(3);
    for (const { training, judged } of asked) {
      const latest = Math.max(...training.map((row) => times[row]!));
      expect(Math.min(...judged.map((row) => times[row]!))).toBeGreaterThan(latest);
    }
    // the first quarter is judged by none
    expect(y).toHaveLength(60);
  });

  it("keeps groups together", async () => {
    const groups = Array.from({ length: 90 }, (_, row) => `g${row % 7}`);
    const { asked } = await ask({ y: alternating(90), seed: 1, groups });
    for (const { training, judged } of asked) {
      const own = new Set(judged.map((row) => groups[row]));
      expect(training.filter((row) => own.has(groups[row]!))).toEqual([]);
    }
  });

  it("leaves a fold out whose model would see one class only, and tells where none is left", async () => {
    const times = Float64Array.from({ length: 80 }, (_, day) => day);
    const late = Float64Array.from({ length: 80 }, (_, row) => +(row > 30 && row % 2 === 0));
    const { asked } = await ask({ y: late, seed: 1, times });
    expect(asked).toHaveLength(2); // 40 and 60 rows train; the first 20 are of one class
    const last = Float64Array.from({ length: 80 }, (_, row) => +(row > 70));
    await expect(ask({ y: last, seed: 1, times })).rejects.toMatchObject({
      kind: "data",
      message: "the training rows are too few to learn threshold or calibration on 3 folds",
    });
    const groups = Array.from({ length: 90 }, (_, row) => `g${row % 2}`);
    await expect(ask({ y: alternating(90), seed: 1, groups })).rejects.toThrow("too few to learn threshold");
  });
});

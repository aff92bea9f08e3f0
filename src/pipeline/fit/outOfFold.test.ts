import { describe, expect, it } from "vitest";
import { random } from "../../core/random.ts";
import { outOfFold, type FoldRows } from "./selectionFolds.ts";

interface FoldCall {
  readonly training: readonly number[];
  readonly validation: readonly number[];
}

/** Records the rows of every fold, and returns them with the labels and probabilities. */
async function run(rows: FoldRows): Promise<{ calls: FoldCall[]; y: Float64Array; probabilities: Float64Array }> {
  const calls: FoldCall[] = [];
  const result = await outOfFold(rows, async (training, validation) => {
    calls.push({ training: [...training], validation: [...validation] });
    return Float64Array.from(validation, (row) => row / 1000);
  });
  return { calls, ...result };
}

const alternating = (count: number): Float64Array => Float64Array.from({ length: count }, (_, row) => row % 2);

describe("outOfFold", () => {
  it("predicts every row once per draw with a model that has not seen it; five draws for few rows, one for many", async () => {
    for (const [count, draws] of [
      [90, 5],
      [600, 3],
      [2001, 1],
    ] as const) {
      const { calls, y, probabilities } = await run({ y: alternating(count), seed: 1 });
      expect(calls).toHaveLength(3 * draws);
      for (const { training, validation } of calls) {
        expect(training.length + validation.length).toBe(count);
        expect(validation.filter((row) => training.includes(row))).toEqual([]);
      }
      const rows = Array.from(probabilities, (probability) => Math.round(probability * 1000));
      for (let row = 0; row < count; row += 29) expect(rows.filter((each) => each === row)).toHaveLength(draws);
      expect([...y]).toEqual(rows.map((row) => row % 2));
    }
  });

  it("draws different folds each time", async () => {
    const { calls } = await run({ y: alternating(90), seed: 1 });
    expect(calls[3]!.validation).not.toEqual(calls[0]!.validation);
  });

  it("trains only on earlier rows if rows have a time", async () => {
    const times = random(1).shuffle(Float64Array.from({ length: 80 }, (_, day) => day));
    const { calls, y } = await run({ y: alternating(80), seed: 1, times });
    expect(calls).toHaveLength(3);
    for (const { training, validation } of calls) {
      const latest = Math.max(...training.map((row) => times[row]!));
      expect(Math.min(...validation.map((row) => times[row]!))).toBeGreaterThan(latest);
    }
    // the first quarter is not predicted
    expect(y).toHaveLength(60);
  });

  it("keeps groups together", async () => {
    const groups = Array.from({ length: 90 }, (_, row) => `g${row % 7}`);
    const { calls } = await run({ y: alternating(90), seed: 1, groups });
    for (const { training, validation } of calls) {
      const own = new Set(validation.map((row) => groups[row]));
      expect(training.filter((row) => own.has(groups[row]!))).toEqual([]);
    }
  });

  it("skips a fold whose training rows have a single class, and fails if no fold is left", async () => {
    const times = Float64Array.from({ length: 80 }, (_, day) => day);
    const late = Float64Array.from({ length: 80 }, (_, row) => +(row > 30 && row % 2 === 0));
    const { calls } = await run({ y: late, seed: 1, times });
    expect(calls).toHaveLength(2); // 40 and 60 rows train; the first 20 have a single class
    const last = Float64Array.from({ length: 80 }, (_, row) => +(row > 70));
    await expect(run({ y: last, seed: 1, times })).rejects.toMatchObject({
      kind: "data",
      message: "too few training rows (80) to tune the threshold or calibrate on 3 folds",
    });
    const groups = Array.from({ length: 90 }, (_, row) => `g${row % 2}`);
    await expect(run({ y: alternating(90), seed: 1, groups })).rejects.toThrow("too few training rows (90)");
  });
});

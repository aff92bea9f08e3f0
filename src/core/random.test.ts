import { describe, expect, it } from "vitest";
import { random } from "./random.ts";

describe("random", () => {
  it("gives the same numbers for the same seed", () => {
    const draw = (seed: number): number[] => Array.from({ length: 5 }, random(seed).uniform);
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  it("is uniform on [0, 1): mean 1/2 and variance 1/12 within four standard errors", () => {
    const { uniform } = random(1);
    const values = Array.from({ length: 100_000 }, uniform);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / 100_000));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / 100_000));
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  });

  it("resamples as as many calls of integer do, again and again", () => {
    const [source, same] = [random(5), random(5)];
    for (const size of [1, 7, 1000]) {
      const [counts, expected] = [new Uint32Array(size).fill(9), new Uint32Array(size)];
      source.resample(counts);
      for (let i = 0; i < size; i++) expected[same.integer(size)]!++;
      expect(counts).toEqual(expected);
    }
    expect(source.uniform()).toBe(same.uniform());
  });

  it("draws normals of mean 0 and variance 1 within four standard errors", () => {
    const { normal } = random(2);
    const values = Array.from({ length: 100_000 }, normal);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(100_000));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / 100_000));
  });

  it("shuffles in place without losing an item, each position equally likely", () => {
    const { shuffle } = random(3);
    const firsts = new Float64Array(4);
    for (let i = 0; i < 8000; i++) {
      const items = shuffle([0, 1, 2, 3]);
      expect(items.toSorted()).toEqual([0, 1, 2, 3]);
      firsts[items[0]!]!++;
    }
    // 2000 expected each; four standard errors of a binomial(8000, 1/4) are 155
    for (const count of firsts) expect(Math.abs(count - 2000)).toBeLessThan(155);
  });
});

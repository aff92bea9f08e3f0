import { describe, expect, it } from "vitest";
import type { TrialRecord } from "../../core/records/search.ts";
import { random } from "../../core/random.ts";
import { parameterImportance } from "./parameterImportance.ts";

const trial = (number: number, params: TrialRecord["params"], value: number | null): TrialRecord => ({
  trialId: `s.${number}`,
  number,
  status: value === null ? "pruned" : "finished",
  params,
  steps: [value],
  value,
  seconds: 1,
});

describe("parameterImportance", () => {
  const chance = random(7);
  const trials = Array.from({ length: 200 }, (_, i) => {
    const params = {
      depth: 1 + Math.floor(8 * chance.uniform()),
      rate: 10 ** (-4 * chance.uniform()),
      kind: chance.uniform() < 0.5 ? "a" : "b",
    };
    const { depth, rate, kind } = params;
    return trial(i, params, 3 * Math.log10(rate) - 0.5 * depth + (kind === "a" ? 1 : 0) + 0.1 * chance.uniform());
  });

  it("ranks parameters as Optuna's fANOVA does, and near the shares of variance that the function gives them", () => {
    // Var(3·log10 rate) = 9 · 16/12 = 12, Var(0.5·depth) = 0.25 · 63/12 = 1.31, Var(kind) = 0.25: 0.885, 0.097, 0.018.
    // On these trials, Optuna 5's FanovaImportanceEvaluator(seed=0) gives 0.752, 0.234, 0.014, and PedAnova 0.877, 0.120, 0.003.
    const found = parameterImportance(trials);
    expect(found.map(([name]) => name)).toEqual(["rate", "depth", "kind"]);
    // Eight bins follow a slope to within a few hundredths.
    const truth = [0.885, 0.097, 0.018];
    for (const [i, [, share]] of found.entries()) expect(Math.abs(share! - truth[i]!)).toBeLessThan(0.03);
  });

  it("ignores pruned trials, and has a group for trials without the parameter", () => {
    const few = Array.from({ length: 12 }, (_, i) =>
      trial(i, i % 2 === 0 ? { booster: "linear" } : { booster: "tree", depth: 3 }, i % 2),
    );
    const pruned = Array.from({ length: 12 }, (_, i) => trial(20 + i, { booster: "linear" }, null));
    expect(parameterImportance([...few, ...pruned])).toEqual([
      ["booster", 1],
      ["depth", 1],
    ]);
  });

  it("is unknown for few trials and for a parameter with one value", () => {
    expect(parameterImportance(trials.slice(0, 7))[0]![1]).toBeNull();
    const fixed = trials.map((each) => ({ ...each, params: { ...each.params, fixed: 1 } }));
    expect(parameterImportance(fixed).at(-1)).toEqual(["fixed", null]);
  });
});

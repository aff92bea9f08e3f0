import { describe, expect, it } from "vitest";
import type { Evaluation } from "../../core/metric.ts";
import { promotion, type PromotionInput, type PromotionRules } from "./promotion.ts";

const rules: PromotionRules = {
  metric: "accuracy",
  minImprovement: 0,
  confidence: null,
  require: {},
  beatBaseline: true,
  seed: 1,
};

/** Answers as digits, "0110"; the probability is the answer itself. */
function binary(truth: string, answers: string): Evaluation {
  const [yTrue, yPred] = [truth, answers].map((digits) => Float64Array.from(digits, Number)) as [
    Float64Array,
    Float64Array,
  ];
  return { task: "binary", classCount: 2, yTrue, yPred, probabilities: yPred };
}

function regression(truth: readonly number[], answers: readonly number[]): Evaluation {
  const [yTrue, yPred] = [Float64Array.from(truth), Float64Array.from(answers)];
  return { task: "regression", classCount: 0, yTrue, yPred, probabilities: null };
}

/** 3 of 4 right. */
const threeOfFour = binary("0011", "0111");
const twoOfFour = binary("0011", "0101");
const allRight = binary("0011", "0011");

function judged(input: Partial<PromotionInput>, more: Partial<PromotionRules> = {}) {
  const whole = { challenger: threeOfFour, champion: null, baseline: null, metrics: {}, classes: ["no", "yes"] };
  return promotion({ ...whole, ...input }, { ...rules, ...more });
}

function shareTold(reasons: readonly string[]): number {
  return Number(/better in ([\d.]+) % of resamples/.exec(reasons.at(-1)!)![1]);
}

describe("required limits", () => {
  it("lets a value pass that is exactly at its limit, and tells the figures where it is not", () => {
    const metrics = { recall: 0.75, log_loss: 0.5 };
    expect(judged({ metrics }, { require: { recall: { min: 0.75 }, log_loss: { max: 0.5 } } }).promote).toBe(true);
    expect(judged({ metrics }, { require: { recall: { min: 0.76 } } })).toEqual({
      promote: false,
      reasons: ["recall is 0.75; required: at least 0.76"],
    });
    expect(judged({ metrics }, { require: { log_loss: { min: 0.1, max: 0.4 } } }).reasons).toEqual([
      "log_loss is 0.5; required: at least 0.1 and at most 0.4",
    ]);
  });

  it("never lets an undefined value pass, not even where only its being there is asked for", () => {
    const metrics = { roc_auc: null, f1: NaN };
    expect(judged({ metrics }, { require: { roc_auc: { min: 0 } } }).reasons).toEqual([
      "roc_auc is –; required: at least 0",
    ]);
    expect(judged({ metrics }, { require: { f1: { max: 1 } } }).promote).toBe(false);
    expect(judged({ metrics }, { require: { f1: {} } }).reasons).toEqual(["f1 is –; required: a value"]);
    expect(judged({ metrics }, { require: { kappa: { max: 1 } } }).promote).toBe(false);
  });

  it("knows the other names of a metric, and refuses one of another task", () => {
    expect(judged({ metrics: { roc_auc: 0.8 } }, { require: { auc: { min: 0.7 } } }).promote).toBe(true);
    expect(() => judged({}, { require: { rmse: { max: 1 } } })).toThrow('metric "rmse" is not defined for');
  });
});

describe("degenerate models", () => {
  it("does not promote a model that says yes always, although its F1 is the best", () => {
    const yes = binary("0111", "1111"); // F1 = 2·3 / (2·3 + 1 + 0) = 0.857
    const champion = binary("0111", "0100"); // F1 = 2·1 / (2·1 + 0 + 2) = 0.5
    expect(judged({ challenger: yes, champion }, { metric: "f1" })).toEqual({
      promote: false,
      reasons: ["the model is degenerate: it answers yes for every one of 4 rows"],
    });
  });
});

describe("baseline", () => {
  it("must be beaten, not met", () => {
    expect(judged({ baseline: twoOfFour }).promote).toBe(true);
    expect(judged({ baseline: threeOfFour })).toEqual({
      promote: false,
      reasons: ["accuracy 0.75 does not beat the baseline's 0.75"],
    });
  });

  it("is not asked about where the rules say so", () => {
    expect(judged({ baseline: allRight }, { beatBaseline: false }).promote).toBe(true);
  });

  it("is beaten by a smaller error", () => {
    const challenger = regression([1, 2, 3, 4], [1, 2, 3, 5]); // MAE = 1/4
    const baseline = regression([1, 2, 3, 4], [2.5, 2.5, 2.5, 2.5]); // MAE = (1.5 + 0.5 + 0.5 + 1.5) / 4 = 1
    expect(judged({ challenger, baseline }, { metric: "mae" })).toEqual({
      promote: true,
      reasons: ["its answers differ from row to row", "mae 0.25 beats the baseline's 1", "no model is deployed yet"],
    });
    expect(judged({ challenger: baseline, baseline: challenger }, { metric: "mae" }).promote).toBe(false);
  });
});

describe("champion", () => {
  it("stays unless the challenger is strictly better", () => {
    expect(judged({ champion: twoOfFour }).promote).toBe(true);
    const other = binary("0011", "0010");
    expect(judged({ champion: other })).toMatchObject({ promote: false });
    expect(judged({ champion: other }).reasons[0]).toMatch(
      /^accuracy 0.75 against the champion's 0.75 on the same 4 rows: not better \(95 % interval of the difference /,
    );
    expect(judged({ champion: allRight }).promote).toBe(false);
  });

  it("has to be beaten by more than the improvement asked for", () => {
    const champion = twoOfFour; // 0.75 − 0.5 = 0.25, exact in binary
    expect(judged({ champion }, { minImprovement: 0.25 }).promote).toBe(false);
    expect(judged({ champion }, { minImprovement: 0.25 }).reasons[0]).toContain("not better by more than 0.25");
    expect(judged({ champion }, { minImprovement: 0.24 }).promote).toBe(true);
  });

  it("has to be beaten as surely as asked, over resamples of the same rows", () => {
    // One of four rows differs: better in a resample if that row is drawn, 1 − (3/4)⁴ = 68.4 %.
    const [challenger, champion] = [allRight, threeOfFour];
    const sure = judged({ challenger, champion }, { confidence: 0.6 });
    expect(sure.promote).toBe(true);
    // 1000 resamples: standard deviation 1.5 %, five of them allowed.
    expect(Math.abs(shareTold(sure.reasons) - 68.4)).toBeLessThan(7.4);
    const unsure = judged({ challenger, champion }, { confidence: 0.95 });
    expect(unsure.promote).toBe(false);
    expect(unsure.reasons[0]).toContain(", 95 % asked for");
  });

  it("stays where either figure is undefined, or one row is all there is to be sure about", () => {
    const oneClass = binary("0000", "0001");
    expect(judged({ challenger: oneClass, champion: oneClass }, { metric: "roc_auc" })).toMatchObject({
      promote: false,
      reasons: [expect.stringContaining("roc_auc – against the champion's –")],
    });
    const row = { challenger: binary("1", "1"), champion: binary("1", "0") };
    expect(judged(row, { confidence: 0.5 })).toMatchObject({ promote: false });
    expect(judged(row, { confidence: 0.5 }).reasons[0]).toContain("too few rows for an interval");
    expect(judged(row).promote).toBe(true);
  });

  it("does not hinder where it cannot answer the rows, which is said", () => {
    expect(judged({ championProblem: "it answers another target or other classes" })).toEqual({
      promote: true,
      reasons: [
        "its answers differ from row to row",
        "the deployed model cannot answer these rows (it answers another target or other classes)",
      ],
    });
  });
});

describe("money", () => {
  const costs = { truePositive: 0, falsePositive: 5, falseNegative: 50, trueNegative: 0, over: 0, under: 0 };
  const priced = (evaluation: Evaluation): Evaluation => ({ ...evaluation, costs });

  it("decides where the metric is cost: a champion is beaten by more than so much per 1,000 rows", () => {
    const challenger = priced(threeOfFour); // one false alarm in 4 rows: 5 / 4 · 1,000 = 1,250
    const champion = priced(twoOfFour); // a false alarm and a miss: 55 / 4 · 1,000 = 13,750
    const rule = { metric: "cost", unit: "EUR per 1,000 rows" };
    const { promote, reasons } = judged({ challenger, champion }, { ...rule, minImprovement: 12_000 });
    expect(promote).toBe(true);
    expect(reasons.at(-1)).toMatch(
      /^cost 1250 EUR per 1,000 rows against the champion's 13750 on the same 4 rows: better by more than 12000 /,
    );
    expect(judged({ challenger, champion }, { ...rule, minImprovement: 12_500 }).promote).toBe(false);
    expect(judged({ challenger: champion, champion: challenger }, rule).promote).toBe(false);
  });

  it("never promotes where nobody said what answers cost", () => {
    expect(judged({ champion: twoOfFour }, { metric: "cost" }).promote).toBe(false);
  });
});

it("tells every rule that failed, and only those", () => {
  const { promote, reasons } = judged(
    { challenger: twoOfFour, champion: allRight, baseline: threeOfFour, metrics: { kappa: 0 } },
    { require: { kappa: { min: 0.5 } } },
  );
  expect(promote).toBe(false);
  expect(reasons).toEqual([
    "kappa is 0; required: at least 0.5",
    "accuracy 0.5 does not beat the baseline's 0.75",
    expect.stringContaining("accuracy 0.5 against the champion's 1"),
  ]);
});

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

/** Labels and predictions as digits, e.g. "0110"; the probability equals the prediction. */
function binary(labels: string, predictions: string): Evaluation {
  const [yTrue, yPred] = [labels, predictions].map((digits) => Float64Array.from(digits, Number)) as [
    Float64Array,
    Float64Array,
  ];
  return { task: "binary", classCount: 2, yTrue, yPred, probabilities: yPred };
}

function regression(labels: readonly number[], predictions: readonly number[]): Evaluation {
  const [yTrue, yPred] = [Float64Array.from(labels), Float64Array.from(predictions)];
  return { task: "regression", classCount: 0, yTrue, yPred, probabilities: null };
}

/** 3 of 4 right. */
const threeOfFour = binary("0011", "0111");
const twoOfFour = binary("0011", "0101");
const allRight = binary("0011", "0011");

function verdict(input: Partial<PromotionInput>, more: Partial<PromotionRules> = {}) {
  const whole = { challenger: threeOfFour, champion: null, baseline: null, metrics: {}, classes: ["no", "yes"] };
  return promotion({ ...whole, ...input }, { ...rules, ...more });
}

describe("required limits", () => {
  it("accepts a value exactly at its limit, and reports value and limit if it fails", () => {
    const metrics = { recall: 0.75, log_loss: 0.5 };
    expect(verdict({ metrics }, { require: { recall: { min: 0.75 }, log_loss: { max: 0.5 } } }).promote).toBe(true);
    expect(verdict({ metrics }, { require: { recall: { min: 0.76 } } })).toEqual({
      promote: false,
      reasons: ["recall is 0.75; required: at least 0.76"],
    });
    expect(verdict({ metrics }, { require: { log_loss: { min: 0.1, max: 0.4 } } }).reasons).toEqual([
      "log_loss is 0.5; required: at least 0.1 and at most 0.4",
    ]);
  });

  it("never accepts an undefined value, even without min and max", () => {
    const metrics = { roc_auc: null, f1: NaN };
    expect(verdict({ metrics }, { require: { roc_auc: { min: 0 } } }).reasons).toEqual([
      "roc_auc is –; required: at least 0",
    ]);
    expect(verdict({ metrics }, { require: { f1: { max: 1 } } }).promote).toBe(false);
    expect(verdict({ metrics }, { require: { f1: {} } }).reasons).toEqual(["f1 is –; required: a value"]);
    expect(verdict({ metrics }, { require: { kappa: { max: 1 } } }).promote).toBe(false);
  });

  it("accepts aliases of a metric, and rejects a metric of another task", () => {
    expect(verdict({ metrics: { roc_auc: 0.8 } }, { require: { auc: { min: 0.7 } } }).promote).toBe(true);
    expect(() => verdict({}, { require: { rmse: { max: 1 } } })).toThrow('metric "rmse" is not defined for');
  });
});

describe("degenerate models", () => {
  it("does not promote a model that always predicts yes, although its F1 is the best", () => {
    const yes = binary("0111", "1111"); // F1 = 2·3 / (2·3 + 1 + 0) = 0.857
    const champion = binary("0111", "0100"); // F1 = 2·1 / (2·1 + 0 + 2) = 0.5
    expect(verdict({ challenger: yes, champion }, { metric: "f1" })).toEqual({
      promote: false,
      reasons: ["the model is degenerate: it predicts yes for all 4 rows"],
    });
  });
});

describe("baseline", () => {
  it("must be beaten, not equalled", () => {
    expect(verdict({ baseline: twoOfFour }).promote).toBe(true);
    expect(verdict({ baseline: threeOfFour })).toEqual({
      promote: false,
      reasons: ["accuracy 0.75 does not beat the baseline's 0.75"],
    });
  });

  it("is ignored if the rules say so", () => {
    expect(verdict({ baseline: allRight }, { beatBaseline: false }).promote).toBe(true);
  });

  it("is beaten by a smaller error", () => {
    const challenger = regression([1, 2, 3, 4], [1, 2, 3, 5]); // MAE = 1/4
    const baseline = regression([1, 2, 3, 4], [2.5, 2.5, 2.5, 2.5]); // MAE = (1.5 + 0.5 + 0.5 + 1.5) / 4 = 1
    expect(verdict({ challenger, baseline }, { metric: "mae" })).toEqual({
      promote: true,
      reasons: ["predictions are not constant", "mae 0.25 beats the baseline's 1", "no model was deployed before"],
    });
    expect(verdict({ challenger: baseline, baseline: challenger }, { metric: "mae" }).promote).toBe(false);
  });
});

describe("champion", () => {
  it("stays unless the challenger is strictly better", () => {
    expect(verdict({ champion: twoOfFour }).promote).toBe(true);
    const other = binary("0011", "0010");
    expect(verdict({ champion: other })).toMatchObject({ promote: false });
    expect(verdict({ champion: other }).reasons[0]).toMatch(
      /^accuracy 0.75 against the champion's 0.75 on the same 4 rows: not better \(95 % interval of the difference /,
    );
    expect(verdict({ champion: allRight }).promote).toBe(false);
  });

  it("has to be beaten by more than the required improvement", () => {
    const champion = twoOfFour; // 0.75 − 0.5 = 0.25, exact in binary
    expect(verdict({ champion }, { minImprovement: 0.25 }).promote).toBe(false);
    expect(verdict({ champion }, { minImprovement: 0.25 }).reasons[0]).toContain("not better by more than 0.25");
    expect(verdict({ champion }, { minImprovement: 0.24 }).promote).toBe(true);
  });

  it("has to be beaten so that the interval of the difference excludes 0, at the required confidence", () => {
    // Three of 40 rows differ. None of them is in a resample with probability (37/40)⁴⁰ = 4.4 %, and then the models are
    // equal: the lower end of the interval is 0 if its tail is smaller than that.
    const champion = binary("01".repeat(20), `${"10"}${"00"}${"01".repeat(18)}`);
    const challenger = binary("01".repeat(20), "01".repeat(20));
    const sure = verdict({ challenger, champion }, { confidence: 0.8 }); // tail 10 %
    expect(sure.promote).toBe(true);
    expect(sure.reasons.at(-1)).toMatch(
      /^accuracy 1 against the champion's 0.925 on the same 40 rows: better \(80 % interval of the difference 0.025 to /,
    );
    const unsure = verdict({ challenger, champion }, { confidence: 0.95 }); // tail 2.5 %
    expect(unsure.promote).toBe(false);
    expect(unsure.reasons[0]).toMatch(
      /: ahead, but not statistically certain: the interval includes 0 \(95 % interval of the difference 0 to /,
    );
    // Without a required confidence it is deployed, but the doubt is reported.
    const { promote, reasons } = verdict({ challenger, champion });
    expect([promote, reasons.at(-1)]).toEqual([true, unsure.reasons[0]]);
  });

  it("has to be beaten on at least 30 rows if a confidence is required, whatever the interval", () => {
    const of = (rows: number) => ({
      challenger: binary("01".repeat(rows / 2), "01".repeat(rows / 2)),
      champion: binary("01".repeat(rows / 2), "10".repeat(rows / 2)),
    });
    expect(verdict(of(30), { confidence: 0.95 }).promote).toBe(true);
    const few = verdict(of(28), { confidence: 0.95 });
    expect(few.promote).toBe(false);
    expect(few.reasons[0]).toContain(
      ": ahead, but not statistically certain: 28 rows are too few, at least 30 are needed (95 % interval of the difference 1 to 1)",
    );
  });

  it("stays if fewer than 30 rows are left without known ones, but if no confidence is required, only if none is", () => {
    const left = { champion: twoOfFour, leftOut: 3 };
    expect(verdict(left).reasons.at(-1)).toContain("same 4 rows (without 3 that are copies of rows that a model was");
    expect(verdict(left, { confidence: 0.95 }).reasons).toEqual([
      expect.stringMatching(/^3 of 7 test rows are copies of .*, so 4 are left to compare the models, at least 30 /),
    ]);
    const none = { champion: binary("", ""), compared: binary("", ""), leftOut: 4 };
    expect(verdict(none)).toEqual({ promote: false, reasons: [expect.stringContaining("so 0 are left")] });
  });

  it("has to be beaten in the direction of the metric: a smaller error", () => {
    const labels = Array.from({ length: 40 }, (_, row) => row);
    const [close, far] = [
      regression(
        labels,
        labels.map((value) => value + 1),
      ),
      regression(
        labels,
        labels.map((value) => value + 2),
      ),
    ];
    const rule = { metric: "mae", confidence: 0.95 };
    expect(verdict({ challenger: close, champion: far }, rule).promote).toBe(true);
    const worse = verdict({ challenger: far, champion: close }, rule);
    expect(worse.promote).toBe(false);
    expect(worse.reasons[0]).toContain(": not better (95 % interval of the difference 1 to 1)");
  });

  it("stays if either value is undefined, or if there is only one row for a required confidence", () => {
    const oneClass = binary("0000", "0001");
    expect(verdict({ challenger: oneClass, champion: oneClass }, { metric: "roc_auc" })).toMatchObject({
      promote: false,
      reasons: [expect.stringContaining("roc_auc – against the champion's –")],
    });
    const row = { challenger: binary("1", "1"), champion: binary("1", "0") };
    expect(verdict(row, { confidence: 0.5 })).toMatchObject({ promote: false });
    expect(verdict(row, { confidence: 0.5 }).reasons[0]).toContain("1 row is too few");
    expect(verdict(row).promote).toBe(true);
  });

  it("does not block if it cannot predict the rows, and the reason is reported", () => {
    expect(verdict({ championProblem: "it predicts another target or other classes" })).toEqual({
      promote: true,
      reasons: [
        "predictions are not constant",
        "the deployed model cannot predict these rows (it predicts another target or other classes)",
      ],
    });
  });

  it("blocks if the same target has other classes, which one wrong label is enough for", () => {
    const { promote, reasons } = verdict({ championProblem: "other classes", isRedefined: true });
    expect(promote).toBe(false);
    expect(reasons.join()).toMatch(/^the classes of the target are no longer those of the deployed model.*--force$/);
  });
});

describe("newer rows", () => {
  const labels = Array.from({ length: 40 }, (_, row) => row);
  const off = (by: number): Evaluation =>
    regression(
      labels,
      labels.map((value) => value + by),
    );
  const on = (champion: number, challenger: number, more: Partial<PromotionInput> = {}) => {
    const newer = { when: "later", rows: 40, unknown: 40, pair: [off(champion), off(challenger)] as const };
    return verdict({ challenger: off(1), champion: off(2), newer, ...more }, { metric: "mae", confidence: 0.95 });
  };
  const said = (relation: string): unknown =>
    expect.stringMatching(
      new RegExp(` on the same 40 rows that are later and new to both: ${relation}.*: add labelled`),
    );

  it("reject a challenger that is certainly worse on them, in the direction of the metric, and only that", () => {
    expect(on(1, 2)).toEqual({ promote: false, reasons: [said("worse \\(95 %")] });
    expect(on(1, 1)).toMatchObject({ promote: true });
    expect(on(1, 1).reasons.at(-1)).toEqual(said("no certain difference"));
    expect(on(2, 1).reasons).toHaveLength(3);
  });

  it("are among the reasons of a rejected challenger, which they do not save", () => {
    const rejected = on(2, 1, { challenger: off(3) });
    expect(rejected.promote).toBe(false);
    expect(rejected.reasons).toEqual([expect.stringContaining("not better"), said("better")]);
  });
});

describe("costs", () => {
  const costs = { truePositive: 0, falsePositive: 5, falseNegative: 50, trueNegative: 0, over: 0, under: 0 };
  const priced = (evaluation: Evaluation): Evaluation => ({ ...evaluation, costs });

  it("decide if the metric is cost: the champion must be beaten by more than minImprovement per 1,000 rows", () => {
    const challenger = priced(threeOfFour); // one false alarm in 4 rows: 5 / 4 · 1,000 = 1,250
    const champion = priced(twoOfFour); // a false alarm and a miss: 55 / 4 · 1,000 = 13,750
    const rule = { metric: "cost", unit: "EUR per 1,000 rows" };
    const { promote, reasons } = verdict({ challenger, champion }, { ...rule, minImprovement: 12_000 });
    expect(promote).toBe(true);
    expect(reasons.at(-1)).toMatch(
      /^cost 1250 EUR per 1,000 rows against the champion's 13750 on the same 4 rows: ahead by more than 12000, but not /,
    );
    expect(verdict({ challenger, champion }, { ...rule, minImprovement: 12_500 }).promote).toBe(false);
    expect(verdict({ challenger: champion, champion: challenger }, rule).promote).toBe(false);
  });

  it("never promote if the metric is cost but no costs are given", () => {
    expect(verdict({ champion: twoOfFour }, { metric: "cost" }).promote).toBe(false);
  });
});

it("reports every failed rule, and only those", () => {
  const { promote, reasons } = verdict(
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

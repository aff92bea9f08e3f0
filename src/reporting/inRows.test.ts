import { expect, it } from "vitest";
import { exampleInput } from "../testing/exampleInput.ts";
import { inRows, thresholdRows } from "./inRows.ts";
import type { ReportInput } from "./reportInput.ts";
import { summaryOf } from "./summary.ts";

/** 1,000 test rows of a churn model. @param matrix rows by true and predicted class */
function churn(matrix: readonly (readonly number[])[], more: Partial<ReportInput> = {}): ReportInput {
  const input = exampleInput("binary");
  const target = { name: "churn", task: "binary", classes: ["no", "yes"] } as const;
  const point = (threshold: number, precision: number, recall: number, selected: number) => ({ threshold, precision, recall, selected }); // prettier-ignore
  return {
    ...input,
    findings: [],
    run: { ...input.run, score: { ...input.run.score!, confusionMatrix: matrix } },
    signature: { ...input.signature, target },
    positiveShare: 0.25,
    // At 0.28, 360 of 1,000 rows get an alarm and 158 of them are right, of 250.
    thresholds: {
      positive: "yes",
      threshold: 0.5,
      points: [point(0.28, 158 / 360, 158 / 250, 0.36), point(0.5, 64 / 108, 64 / 250, 0.108)],
    },
    ...more,
  };
}

const weak = [[706, 44], [186, 64]]; // prettier-ignore

it("says how many rows of the positive class are found, how many alarms are right, and the lift", () => {
  const found = inRows(churn(weak))!;
  // 64 / 108 = 0.593; 0.593 / 0.25 = 2.37.
  expect(found.headline).toBe("Finds 64 of the 250 rows with churn = yes; 59 of 100 alarms are right");
  expect(found.sentences).toEqual([
    "It gives an alarm for 108 of 1,000 test rows (11 %), those with a probability of at least 0.500: " +
      "2.4 times as many hits as among as many rows at random.",
  ]);
  expect(inRows(churn([[749, 1], [250, 0]]))!.headline).toContain("; 0 of 1 alarm are right"); // prettier-ignore
  expect(inRows(churn([[750, 0], [250, 0]]))!.headline).toContain("; there is no alarm"); // prettier-ignore
  expect(inRows(churn([[1000, 0], [0, 0]]))!.headline).toBe("No test row has churn = yes"); // prettier-ignore
});

it("lists what other thresholds would do, with their cost, and marks that of the model", () => {
  const costs = { truePositive: 20, falsePositive: 20, falseNegative: 200, trueNegative: 0, over: 0, under: 0 };
  const input = churn(weak, { money: { costs, currency: "EUR" } });
  const [low, own, ...rest] = thresholdRows(input);
  expect(rest).toEqual([]);
  // 360 alarms of 20 EUR and 92 misses of 200 EUR: 7,200 + 18,400. 108 alarms and 186 misses: 2,160 + 37,200.
  expect(low).toMatchObject({ threshold: "0.28", cost: "25,600 EUR", isOwn: false, isCheapest: true });
  expect(low!.lift).toBeCloseTo(158 / 360 / 0.25, 10);
  expect(own).toMatchObject({ threshold: "0.500", cost: "39,360 EUR", isOwn: true });
  const { score } = input.run;
  const scored = { ...score!, metrics: { ...score!.metrics, cost: 39_360 }, baseline: { cost: 50_000 } };
  expect(inRows({ ...input, run: { ...input.run, score: scored } })!.sentences.at(-1)).toBe(
    "In money, 1,000 of the test rows cost 39,360 EUR with this model, 20,000 EUR with an alarm for every row (“yes”) " +
      "and 50,000 EUR with no alarm at all (“no”): the model costs 19,360 EUR more. " +
      "On these rows the threshold 0.28 would be cheapest: 25,600 EUR.",
  );
  // Without a confusion matrix, as of numbers, one prediction is the same for every row.
  const dearer = { ...scored, confusionMatrix: null, baseline: { cost: 39_339.2 } };
  const numbers = exampleInput("regression");
  expect(inRows({ ...numbers, money: input.money, run: { ...numbers.run, score: dearer } })!.sentences.at(-1)).toBe(
    "In money, 1,000 of the test rows cost 39,360 EUR with this model, 39,339 EUR if every row got the same prediction: " +
      "the model costs 20.8 EUR more.",
  );
});

it("lists lower thresholds too if the model gives an alarm for most rows", () => {
  const points = Array.from({ length: 20 }, (_, i) => {
    return { threshold: (i + 1) / 20, precision: 0.4, recall: (20 - i) / 20, selected: (20 - i) / 20 };
  });
  const rows = thresholdRows(churn(weak, { thresholds: { positive: "yes", threshold: 0.2, points } }));
  // 0.2 alarms for 85 % of the rows, 0.1 for 95 %.
  expect(rows.slice(0, 2)).toMatchObject([{ threshold: "0.1", isOwn: false, isCheapest: false }, { threshold: "0.200", isOwn: true }]); // prettier-ignore
});

it("lists no threshold that nobody would set, except that of the model", () => {
  const of = (thresholds: readonly number[], threshold: number) => {
    const points = thresholds.map((each, i) => ({
      threshold: each,
      precision: 0.4,
      recall: 1 - i / 5,
      selected: 1 - i / 5,
    }));
    return thresholdRows(churn(weak, { thresholds: { positive: "yes", threshold, points } })).map(
      (row) => row.threshold,
    );
  };
  expect(of([5.2e-36, 1e-4, 0.2, 0.6, 0.9999], 0.6)).toEqual(["0.2", "0.600"]);
  expect(of([5.2e-36, 1e-4], 1e-4)).toEqual(["0.000100"]);
});

it("judges the quality by the baseline, the limits and what is missed, not by the deployment", () => {
  const clean = (matrix: Parameters<typeof churn>[0]) => {
    const input = churn(matrix, { drift: null });
    const score = { ...input.run.score!, copiedRows: 0, copiedValidationRows: 0, warnings: [] };
    return { ...input, run: { ...input.run, score } };
  };
  expect(summaryOf(clean(weak))).toMatchObject({
    status: "deployed",
    quality: { tone: "caution", words: "with reservations: misses most rows with churn = yes" },
  });
  const strong = clean([[706, 44], [86, 164]]); // prettier-ignore
  expect(summaryOf(strong).quality).toEqual({ tone: "good", words: "passes the quality checks" });
  const warned = { name: "missing values", status: "warn", value: 0.2, limit: 0.1, message: "x" } as const;
  expect(summaryOf({ ...strong, findings: [warned] }).quality).toEqual({
    tone: "caution",
    words: "with reservations: 1 check did not pass",
  });
  expect(summaryOf({ ...strong, broken: ["f1 is 0.7; required: at least 0.8"] }).quality).toEqual({
    tone: "bad",
    words: "not good enough: f1 is 0.7; required: at least 0.8",
  });
  const worse = { ...strong.run.score!, baseline: { f1: 0.8 } };
  expect(summaryOf({ ...strong, run: { ...strong.run, score: worse } }).quality.tone).toBe("bad");
  expect(summaryOf({ ...strong, run: { ...strong.run, score: null } }).quality.tone).toBe("open");
});

it("says of numbers how close half of the predictions are, and counts predictions below 0", () => {
  const input = exampleInput("regression");
  const score = { ...input.run.score!, baseline: { ...input.run.score!.baseline, median_absolute_error: 30 } };
  const predictions = { actual: [10, 20, 30, 40, 50], predicted: [11, 22, 26, 48, -5] };
  // Errors 1, 2, 4, 8, 55; the median of the actual values is 30, and 4 / 30 = 13 %.
  expect(inRows({ ...input, predictions, run: { ...input.run, score } })).toEqual({
    headline: "Half of the predictions are within ±4 of the actual salary (EUR) (13 % of the median)",
    sentences: [
      "90 % of the predictions are within ±55. Without any column, half of the guesses would be within ±30.",
      "1 prediction is below 0, though no actual value of the test rows is.",
    ],
    weakness: null,
  });
  // Of a series: repeating its values is harder to beat than the mean.
  const naive = { family: "seasonal_naive", metrics: { rmse: 900, median_absolute_error: 5 } };
  const repeated = { ...input, predictions, metric: "rmse", run: { ...input.run, score: { ...score, metrics: { rmse: 1000 }, baseline: { rmse: 5000 }, naive } } }; // prettier-ignore
  expect(inRows(repeated)!.sentences[0]).toBe(
    "90 % of the predictions are within ±55. By the seasonal naive forecast, half of the guesses would be within ±5.",
  );
  const { quality, details } = summaryOf(repeated);
  expect(quality.words).toBe("not good enough: RMSE is not better than the seasonal naive forecast");
  expect(details.join(" ")).toContain("Each test row is predicted one step ahead");
  expect(details.join(" ")).toContain("which repeats an earlier value, reaches 900: the model is worse by 100");
  expect(inRows({ ...input, predictions: null })).toBeNull();
});

it("names the weakest of many classes among those with enough rows", () => {
  const input = exampleInput("multiclass");
  const target = { name: "kind", task: "multiclass", classes: ["a", "b", "c"] } as const;
  const confusionMatrix = [[50, 0, 0], [12, 8, 0], [2, 0, 1]]; // prettier-ignore
  const rowsWith = (accuracy: number) => {
    const score = { ...input.run.score!, confusionMatrix, baseline: { accuracy } };
    return inRows({ ...input, run: { ...input.run, score }, signature: { ...input.signature, target } });
  };
  const found = rowsWith(50 / 73);
  expect(found).toEqual({
    headline: "59 of 73 rows (81 %) are classified correctly",
    sentences: [
      "Always guessing the most common class, “a”, would be right 50 times (68 %).",
      "It is weakest at “b”: it finds 8 of 20 rows.",
    ],
    weakness: "misses most rows of “b”",
  });
  // One baseline on the page: it knows the training rows only, of which most were "b".
  expect(rowsWith(20 / 73)!.sentences[0]).toBe(
    "Always guessing the most common class of the training rows would be right 20 times (27 %).",
  );
});

import { expect, it } from "vitest";
import { tunedMetric } from "./bestThreshold.ts";

const costs = { truePositive: 0, falsePositive: 1, falseNegative: 10, trueNegative: 0, over: 0, under: 0 };
const tuned = (metric: string, more: object = {}) =>
  tunedMetric({ threshold: "tune", metric, costs: undefined, ...more });

it("is the deciding metric if it depends on the threshold, else F1, and the cost if there are costs", () => {
  for (const metric of ["f1", "accuracy", "recall", "mcc", "kappa"]) expect(tuned(metric)).toBe(metric);
  for (const metric of ["roc_auc", "log_loss", "brier", "average_precision"]) expect(tuned(metric)).toBe("f1");
  expect(tuned("roc_auc", { costs })).toBe("cost");
  expect(tuned("roc_auc", { threshold: 0.4, costs })).toBeUndefined();
});

it("is the metric that the threshold names, with or without costs", () => {
  expect(tuned("roc_auc", { threshold: { metric: "recall" }, costs })).toBe("recall");
  expect(tuned("roc_auc", { threshold: { metric: "cost" }, costs })).toBe("cost");
});

it("cannot be a metric that does not depend on the threshold, or cost without costs", () => {
  expect(() => tuned("f1", { threshold: { metric: "roc_auc" } })).toThrow(/roc_auc does not depend on the threshold/);
  expect(() => tuned("f1", { threshold: { metric: "cost" } })).toThrow(/"costs" is not set/);
});

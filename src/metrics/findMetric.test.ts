import { describe, expect, it } from "vitest";
import { MlctlError } from "../core/errors.ts";
import { findMetric } from "./findMetric.ts";

function errorOf(run: () => unknown): MlctlError {
  try {
    run();
  } catch (error) {
    if (error instanceof MlctlError) return error;
  }
  throw new Error("no MlctlError was thrown");
}

describe("findMetric", () => {
  it("finds a metric by its name and by XGBoost's name", () => {
    expect(findMetric("rmse", "regression").name).toBe("rmse");
    expect(findMetric("auc", "binary").name).toBe("roc_auc");
    expect(findMetric("logloss").name).toBe("log_loss");
  });

  it("suggests a similar name", () => {
    const error = errorOf(() => findMetric("acuracy", "binary"));
    expect([error.kind, error.message, error.hint]).toEqual([
      "usage",
      'unknown metric "acuracy"',
      'did you mean "accuracy"?',
    ]);
  });

  it("lists the metrics of the task if no name is similar, and for a metric of another task", () => {
    expect(errorOf(() => findMetric("toString", "regression")).hint).toBe(
      "use one of rmse, mse, mae, mape, smape, r2, median_absolute_error, max_error, cost",
    );
    const error = errorOf(() => findMetric("f1", "regression"));
    expect(error.message).toBe('metric "f1" is not defined for regression');
    expect(error.hint).toContain("rmse");
  });
});

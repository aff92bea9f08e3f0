/** Properties that every metric must have. */
import { describe, expect, it } from "vitest";
import type { Evaluation } from "../core/metric.ts";
import { random } from "../core/random.ts";
import type { Task } from "../core/table/table.ts";
import { metrics } from "./index.ts";

/** Correct predictions cost nothing. */
const costs = { truePositive: 0, falsePositive: 1, falseNegative: 4, trueNegative: 0, over: 1, under: 2 };

/** An evaluation with predictions that are correct with probability `skill`. */
function evaluationOf(task: Task, { rows, skill, seed }: { rows: number; skill: number; seed: number }): Evaluation {
  const { uniform, integer, normal } = random(seed);
  if (task === "regression") {
    const yTrue = Float64Array.from({ length: rows }, () => 5 + uniform() * 10);
    const yPred = yTrue.map((value) => value + (1 - skill) * normal() * 5);
    return { task, classCount: 0, yTrue, yPred, probabilities: null, costs };
  }
  const classCount = task === "binary" ? 2 : 3;
  const yTrue = Float64Array.from({ length: rows }, (_, i) => (i < classCount ? i : integer(classCount)));
  const yPred = yTrue.map((code) => (uniform() < skill ? code : integer(classCount)));
  return { task, classCount, yTrue, yPred, probabilities: oneHot(yPred, task === "binary" ? 1 : classCount), costs };
}

function oneHot(codes: Float64Array, width: number): Float64Array {
  if (width === 1) return codes.slice();
  const probabilities = new Float64Array(codes.length * width);
  codes.forEach((code, row) => (probabilities[row * width + code] = 1));
  return probabilities;
}

describe.each(Object.entries(metrics))("metric %s", (name, metric) => {
  it("has the name it is registered under, and a task", () => {
    expect(metric.name).toBe(name);
    expect(metric.label).not.toBe("");
    expect(metric.tasks.length).toBeGreaterThan(0);
  });

  it.each(metric.tasks)("has its best value for perfect predictions (%s)", (task) => {
    const value = metric.compute(evaluationOf(task, { rows: 60, skill: 1, seed: 1 }));
    // 1e-12: log loss keeps probabilities 2⁻⁵² away from 1
    expect(Math.abs(value - (metric.greaterIsBetter ? 1 : 0))).toBeLessThan(1e-12);
  });

  it.each(metric.tasks)("is better for better predictions, in its direction (%s)", (task) => {
    const good = metric.compute(evaluationOf(task, { rows: 400, skill: 0.9, seed: 2 }));
    const bad = metric.compute(evaluationOf(task, { rows: 400, skill: 0.2, seed: 2 }));
    expect(metric.greaterIsBetter ? good > bad : good < bad).toBe(true);
  });

  it.each(metric.tasks)("gives a row count of two the same effect as two copies of the row (%s)", (task) => {
    const evaluation = evaluationOf(task, { rows: 30, skill: 0.6, seed: 3 });
    const counts = Uint32Array.from({ length: 30 }, (_, row) => [1, 2, 0, 1, 3][row % 5]!);
    const rows = [...counts].flatMap((count, row) => Array.from({ length: count }, () => row));
    const width = evaluation.probabilities === null ? 0 : evaluation.probabilities.length / 30;
    const { yTrue, yPred, probabilities } = evaluation;
    const repeated = metric.compute({
      ...evaluation,
      yTrue: Float64Array.from(rows, (row) => yTrue[row]!),
      yPred: Float64Array.from(rows, (row) => yPred[row]!),
      probabilities:
        probabilities &&
        Float64Array.from(rows.flatMap((row) => Array.from(probabilities.subarray(row * width, (row + 1) * width)))),
    });
    // the same 30 terms in a different order
    expect(Math.abs(metric.prepare(evaluation)(counts) - repeated)).toBeLessThan(1e-12);
  });

  it.each(metric.tasks)("is NaN or a number, and never throws, for one class, one row and none (%s)", (task) => {
    const full = evaluationOf(task, { rows: 12, skill: 0.5, seed: 4 });
    const one: Evaluation = { ...full, yTrue: new Float64Array(12).fill(1) };
    const width = full.probabilities === null ? 0 : full.probabilities.length / 12;
    const cut = (rows: number): Evaluation => ({
      ...full,
      yTrue: full.yTrue.slice(0, rows),
      yPred: full.yPred.slice(0, rows),
      probabilities: full.probabilities && full.probabilities.slice(0, rows * width),
    });
    expect(typeof metric.compute(one)).toBe("number");
    expect(typeof metric.compute(cut(1))).toBe("number");
    expect(metric.compute(cut(0))).toBeNaN();
  });
});

describe("metrics that need probabilities", () => {
  it("are NaN without them, or if one is NaN", () => {
    const evaluation = evaluationOf("binary", { rows: 20, skill: 0.5, seed: 5 });
    const broken = evaluation.probabilities!.with(3, NaN);
    for (const name of ["roc_auc", "average_precision", "log_loss", "brier"] as const) {
      expect(metrics[name].compute({ ...evaluation, probabilities: null })).toBeNaN();
      expect(metrics[name].compute({ ...evaluation, probabilities: broken })).toBeNaN();
    }
  });
});

describe("metrics of regression", () => {
  it("are NaN if a prediction is NaN, so that a broken model passes no gate", () => {
    const evaluation = evaluationOf("regression", { rows: 20, skill: 0.5, seed: 6 });
    const broken = { ...evaluation, yPred: evaluation.yPred.with(7, NaN) };
    const values = Object.values(metrics).filter(({ tasks }) => tasks.some((task) => task === "regression"));
    for (const metric of values) expect(metric.compute(broken)).toBeNaN();
  });
});

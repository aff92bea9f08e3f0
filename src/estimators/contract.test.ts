/** Contract tests that run for every model family in the registry. */
import { describe, expect, it } from "vitest";
import type { Estimator, FitOptions, FittedEstimator } from "../core/estimator.ts";
import { MlctlError } from "../core/errors.ts";
import type { Matrix, Task } from "../core/table/table.ts";
import { random } from "../core/random.ts";
import { estimators } from "./index.ts";

const columnNames = ["a", "b", "c"];
const classCounts: Record<Task, number> = { regression: 0, binary: 2, multiclass: 3 };

/** 150 seeded rows whose target depends on the first two features; a tenth of the cells is missing if `withMissing`. */
function sample(task: Task, withMissing: boolean): { X: Matrix; y: Float64Array } {
  const { normal, uniform } = random(7);
  const rowCount = 150;
  const values = Float64Array.from({ length: rowCount * 3 }, normal);
  const y = new Float64Array(rowCount);
  for (let i = 0; i < rowCount; i++) {
    const score = 2 * values[i * 3]! - values[i * 3 + 1]! + normal();
    if (task === "regression") y[i] = score;
    else if (task === "binary") y[i] = score > 0 ? 1 : 0;
    else y[i] = score > 1 ? 2 : score > -1 ? 1 : 0;
  }
  if (withMissing) for (let at = 0; at < values.length; at++) if (uniform() < 0.1) values[at] = Number.NaN;
  return { X: { rowCount, columnNames, values }, y };
}

function options(task: Task, more: Partial<FitOptions> = {}): FitOptions {
  return { task, classCount: classCounts[task], params: {}, seed: 42, ...more };
}

function row(X: Matrix, i: number): Matrix {
  const width = X.columnNames.length;
  return { rowCount: 1, columnNames: X.columnNames, values: X.values.slice(i * width, (i + 1) * width) };
}

for (const [name, entry] of Object.entries(estimators)) {
  const estimator: Estimator = entry;
  const withMissing = !estimator.needs.complete;

  describe(name, () => {
    it("is registered under its own name, with a description", () => {
      expect(estimator.family).toBe(name);
      expect(estimator.description).not.toBe("");
    });

    it("has parameters whose defaults are allowed", async () => {
      const { X, y } = sample(estimator.tasks[0]!, withMissing);
      const defaults = Object.fromEntries(estimator.params.map((spec) => [spec.name, spec.default]));
      const fitted = await estimator.fit(X, y, options(estimator.tasks[0]!, { params: defaults }));
      // engine "auto" is saved as the engine that was chosen
      const chosen = fitted.engine === undefined ? {} : { engine: fitted.engine };
      expect(fitted.params).toEqual({ ...defaults, ...chosen });
    });

    if (estimator.prepare !== undefined) {
      const prepare = estimator.prepare;
      it("prepare does not change a later fit and never throws", async () => {
        const { X, y } = sample(estimator.tasks[0]!, withMissing);
        const unprepared = await estimator.fit(X, y, options(estimator.tasks[0]!));
        prepare({ engine: "none of them" });
        prepare({});
        expect(await estimator.fit(X, y, options(estimator.tasks[0]!))).toEqual(unprepared);
      });
    }

    it("rejects an unknown parameter", async () => {
      const { X, y } = sample(estimator.tasks[0]!, withMissing);
      const fit = estimator.fit(X, y, options(estimator.tasks[0]!, { params: { no_such_thing: 1 } }));
      await expect(fit).rejects.toThrow(`unknown parameter "no_such_thing" for ${name}`);
      await expect(fit).rejects.toMatchObject({ kind: "usage" });
    });

    for (const task of estimator.tasks) {
      describe(task, () => {
        const { X, y } = sample(task, withMissing);
        const fit = (more: Partial<FitOptions> = {}): Promise<FittedEstimator> =>
          estimator.fit(X, y, options(task, more));

        it("fits and records family, task, classes and features", async () => {
          const fitted = await fit();
          expect(fitted).toMatchObject({
            family: name,
            task,
            classCount: classCounts[task],
            featureNames: columnNames,
          });
        });

        it("beats the baseline on its own training rows, or is the baseline", async () => {
          const { X: rows, y: labels } = sample(task, withMissing);
          const error = await loss(estimator, rows, labels, task);
          const bar = await loss(estimators.baseline, rows, labels, task);
          if (estimator.isBaseline) expect(error).toBe(bar);
          else expect(error).toBeLessThan(0.8 * bar);
        });

        it("predicts the same after a round trip through JSON", async () => {
          const fitted = await fit();
          const again = JSON.parse(JSON.stringify(fitted)) as FittedEstimator;
          expect(again).toEqual(fitted);
          expect(estimator.load(again).predict(X)).toEqual(estimator.load(fitted).predict(X));
        });

        it("predicts a single row the same as in a batch", async () => {
          const predictor = estimator.load(await fit());
          const all = predictor.predict(X);
          const outputs = all.length / X.rowCount;
          for (const i of [0, 63, 64, 149]) {
            expect(predictor.predict(row(X, i))).toEqual(all.slice(i * outputs, (i + 1) * outputs));
          }
        });

        it("predicts nothing for no rows", async () => {
          const none: Matrix = { rowCount: 0, columnNames, values: new Float64Array(0) };
          expect(estimator.load(await fit()).predict(none)).toHaveLength(0);
        });

        it("gives the same bytes for the same data, parameters and seed", async () => {
          expect(JSON.stringify(await fit())).toBe(JSON.stringify(await fit()));
        });

        it("does not modify X and y", async () => {
          await fit();
          expect({ X, y }).toEqual(sample(task, withMissing));
        });

        it("stops when the signal is aborted", async () => {
          const reason = new Error("enough");
          await expect(fit({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
        });

        it("rejects a state of another family", async () => {
          const fitted = { ...(await fit()), state: { nonsense: true } };
          expect(() => estimator.load(fitted)).toThrow(MlctlError);
        });

        if (task !== "regression") {
          it("predicts probabilities between 0 and 1 that sum to 1 over the classes", async () => {
            const predictions = estimator.load(await fit()).predict(X);
            for (const p of predictions) expect(p >= 0 && p <= 1).toBe(true);
            if (task === "binary") expect(predictions).toHaveLength(X.rowCount);
            else {
              for (let i = 0; i < X.rowCount; i++) {
                // three float64 divided by their sum: only rounding error
                expect(predictions.slice(3 * i, 3 * i + 3).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 14);
              }
            }
          });
        }

        if (estimator.importance !== undefined) {
          it("gives each feature an importance, the noise feature the smallest", async () => {
            const importance = estimator.importance!(await fit());
            expect(importance).toHaveLength(3);
            for (const value of importance) expect(value).toBeGreaterThanOrEqual(0);
            expect(Math.min(...importance)).toBe(importance[2]);
          });
        }

        if (estimator.contributions !== undefined) {
          it("contributions and base value sum to the margin of each prediction", async () => {
            const fitted = await fit();
            const { outputCount, values, baseValues } = estimator.contributions!(fitted, X);
            expect(outputCount).toBe(task === "multiclass" ? 3 : 1);
            expect(values).toHaveLength(150 * outputCount * 3);
            const margins = Float64Array.from({ length: 150 * outputCount }, (_, at) =>
              values.slice(3 * at, 3 * at + 3).reduce((sum, value) => sum + value, baseValues[at % outputCount]!),
            );
            estimator
              .load(fitted)
              .predict(X)
              // The margins of tree models are float32 sums of a hundred leaves; those of a forest are as large as the
              // prediction, where boosting adds up small steps (wasm: 5.6e-6).
              .forEach((value, at) =>
                expect(predictionFrom(margins, at, task)).toBeCloseTo(value, name === "random_forest" ? 4 : 5),
              );
          });

          it("explains a single row the same as in a batch", async () => {
            const fitted = await fit();
            const { outputCount, values } = estimator.contributions!(fitted, X);
            const width = 3 * outputCount;
            const first = estimator.contributions!(fitted, X, 1).values;
            expect(first.filter((_, at) => at % width < 3)).toEqual(values.filter((_, at) => at % width < 3));
            for (const i of [0, 63, 149]) {
              estimator.contributions!(fitted, row(X, i)).values.forEach((value, at) =>
                expect(value).toBeCloseTo(values[i * width + at]!, 12),
              ); // sums in another order
            }
          });
        }

        if (estimator.needs.complete) {
          it("rejects a missing value and names feature and row, instead of learning NaN", async () => {
            const values = X.values.slice();
            values[3 * 4 + 1] = Number.NaN;
            const bad = estimator.fit({ ...X, values }, y, options(task));
            await expect(bad).rejects.toThrow('feature "b" has no finite value in row 5');
          });
        }
      });
    }
  });
}

/** The prediction at position `at`, computed from the margins. */
function predictionFrom(margins: Float64Array, at: number, task: Task): number {
  if (task === "regression") return margins[at]!;
  if (task === "binary") return 1 / (1 + Math.exp(-margins[at]!));
  const first = at - (at % 3);
  const odds = margins.slice(first, first + 3).map(Math.exp);
  return odds[at - first]! / (odds[0]! + odds[1]! + odds[2]!);
}

/** Mean squared error, or log loss. */
async function loss(estimator: Estimator, X: Matrix, y: Float64Array, task: Task): Promise<number> {
  const predictions = estimator.load(await estimator.fit(X, y, options(task))).predict(X);
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    if (task === "regression") sum += (predictions[i]! - y[i]!) ** 2;
    else if (task === "binary") sum -= Math.log(y[i] === 1 ? predictions[i]! : 1 - predictions[i]!);
    else sum -= Math.log(predictions[3 * i + y[i]!]!);
  }
  return sum / y.length;
}

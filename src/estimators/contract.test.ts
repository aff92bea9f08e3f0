/** What every model family keeps to, whoever wrote it. */
import { describe, expect, it } from "vitest";
import type { Estimator, FitOptions, FittedEstimator } from "../core/estimator.ts";
import { MlctlError } from "../core/errors.ts";
import type { Matrix } from "../core/table/matrix.ts";
import { random } from "../core/random.ts";
import type { Task } from "../core/task.ts";
import { estimators } from "./index.ts";

const columnNames = ["a", "b", "c"];
const classCounts: Record<Task, number> = { regression: 0, binary: 2, multiclass: 3 };

/** 150 seeded rows whose target depends on the first two features; missing cells where they are taken. */
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
      // a default that leaves the choice of an engine open is kept as what was chosen
      const chosen = fitted.engine === undefined ? {} : { engine: fitted.engine };
      expect(fitted.params).toEqual({ ...defaults, ...chosen });
    });

    if (estimator.prepare !== undefined) {
      const prepare = estimator.prepare;
      it("prepares for a fit that may never come, and never fails", async () => {
        const { X, y } = sample(estimator.tasks[0]!, withMissing);
        const unprepared = await estimator.fit(X, y, options(estimator.tasks[0]!));
        prepare({ engine: "none of them" });
        prepare({});
        expect(await estimator.fit(X, y, options(estimator.tasks[0]!))).toEqual(unprepared);
      });
    }

    it("refuses a parameter it does not have", async () => {
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

        it("fits and tells what it fitted", async () => {
          const fitted = await fit();
          expect(fitted).toMatchObject({
            family: name,
            task,
            classCount: classCounts[task],
            featureNames: columnNames,
          });
        });

        it("beats the baseline on its own training rows, or is the baseline", async () => {
          const { X: same, y: truth } = sample(task, withMissing);
          const error = await loss(estimator, same, truth, task);
          const bar = await loss(estimators.baseline, same, truth, task);
          if (name === "baseline") expect(error).toBe(bar);
          else expect(error).toBeLessThan(0.8 * bar);
        });

        it("predicts the same after a round trip through JSON", async () => {
          const fitted = await fit();
          const again = JSON.parse(JSON.stringify(fitted)) as FittedEstimator;
          expect(again).toEqual(fitted);
          expect(estimator.load(again).predict(X)).toEqual(estimator.load(fitted).predict(X));
        });

        it("predicts a row alone as among others", async () => {
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

        it("leaves X and y alone", async () => {
          await fit();
          expect({ X, y }).toEqual(sample(task, withMissing));
        });

        it("stops when told so", async () => {
          if (name === "baseline" || name === "linear_regression") return; // done before anyone could press a key
          const reason = new Error("enough");
          await expect(fit({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
        });

        it("refuses a state that is not its own", async () => {
          const fitted = { ...(await fit()), state: { nonsense: true } };
          expect(() => estimator.load(fitted)).toThrow(MlctlError);
        });

        if (task !== "regression") {
          it("gives probabilities between 0 and 1, which sum to 1 over the classes", async () => {
            const answers = estimator.load(await fit()).predict(X);
            for (const p of answers) expect(p >= 0 && p <= 1).toBe(true);
            if (task === "binary") expect(answers).toHaveLength(X.rowCount);
            else {
              for (let i = 0; i < X.rowCount; i++) {
                // three float64 quotients by their own sum: off by rounding at most
                expect(answers.slice(3 * i, 3 * i + 3).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 14);
              }
            }
          });
        }

        if (estimator.importance !== undefined) {
          it("gives each feature an importance, the noise the least", async () => {
            const importance = estimator.importance!(await fit());
            expect(importance).toHaveLength(3);
            for (const value of importance) expect(value).toBeGreaterThanOrEqual(0);
            expect(Math.min(...importance)).toBe(importance[2]);
          });
        }

        if (estimator.contributions !== undefined) {
          it("explains every answer: contributions and base value sum to its margin", async () => {
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
              // the trees' margins are float32 sums of a hundred leaves
              .forEach((answer, at) => expect(answered(margins, at, task)).toBeCloseTo(answer, 5));
          });

          it("explains a row alone as among others", async () => {
            const fitted = await fit();
            const { outputCount, values } = estimator.contributions!(fitted, X);
            const width = 3 * outputCount;
            for (const i of [0, 63, 149]) {
              estimator.contributions!(fitted, row(X, i)).values.forEach((value, at) =>
                expect(value).toBeCloseTo(values[i * width + at]!, 12),
              ); // order of sums
            }
          });
        }

        if (estimator.needs.complete) {
          it("refuses a missing value by feature and row instead of learning NaN", async () => {
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

/** The answer at `at` as the margins give it. */
function answered(margins: Float64Array, at: number, task: Task): number {
  if (task === "regression") return margins[at]!;
  if (task === "binary") return 1 / (1 + Math.exp(-margins[at]!));
  const first = at - (at % 3);
  const odds = margins.slice(first, first + 3).map(Math.exp);
  return odds[at - first]! / (odds[0]! + odds[1]! + odds[2]!);
}

/** Mean squared error, or log loss. */
async function loss(estimator: Estimator, X: Matrix, y: Float64Array, task: Task): Promise<number> {
  const answers = estimator.load(await estimator.fit(X, y, options(task))).predict(X);
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    if (task === "regression") sum += (answers[i]! - y[i]!) ** 2;
    else if (task === "binary") sum -= Math.log(y[i] === 1 ? answers[i]! : 1 - answers[i]!);
    else sum -= Math.log(answers[3 * i + y[i]!]!);
  }
  return sum / y.length;
}

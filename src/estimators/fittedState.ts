/** Reads and validates the learned state of an estimator from a model file, which may have been edited by hand. */
import type { FittedEstimator, Predictor, Estimator, FitOptions } from "../core/estimator.ts";
import { MlctlError, RowError } from "../core/errors.ts";
import { type Matrix, LARGEST_FLOAT32 } from "../core/table/table.ts";
import { type Json, type JsonObject, nonFinitePath } from "../core/json.ts";
import { correction, type ParamSpec } from "../core/paramSpec.ts";
import { didYouMean } from "../core/text/suggest.ts";

/** @throws {MlctlError} kind "data" unless `value` is a list of numbers, of length `length` if given */
export function numberList(
  fitted: FittedEstimator,
  key: string,
  value: Json | undefined,
  length?: number,
): Float64Array {
  if (!isNumberList(value)) throw unfit(fitted, key, "a list of numbers");
  if (length !== undefined && value.length !== length) throw unfit(fitted, key, `a list of ${length} numbers`);
  return Float64Array.from(value);
}

export function isNumberList(value: Json | undefined): value is number[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "number");
}

/** @throws {MlctlError} kind "data" unless `value` is a finite number */
export function finiteNumber(fitted: FittedEstimator, key: string, value: Json | undefined): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw unfit(fitted, key, "a number");
  return value;
}

export function unfit(fitted: FittedEstimator, key: string, expected: string): MlctlError {
  return new MlctlError("data", `cannot read the ${fitted.family} model: "${key}" in its state is not ${expected}`, {
    hint: "train again, or use the version of mlctl that saved the model",
  });
}

/** @throws {RangeError} if X has another number of features than the model, which would shift every feature */
export function requireWidth(X: Matrix, fitted: FittedEstimator): void {
  if (X.columnNames.length === fitted.featureNames.length) return;
  throw new RangeError(`the model expects ${fitted.featureNames.length} features, got ${X.columnNames.length}`);
}

/** @returns a predictor that requires the width of the model first */
export function ofWidth(fitted: FittedEstimator, predict: Predictor["predict"]): Predictor {
  return {
    predict(X) {
      requireWidth(X, fitted);
      return predict(X);
    },
  };
}

/**
 * Every parameter of `specs` with its value, in the order of `specs`. All unknown names and invalid values are
 * reported at once: ignoring a misspelt parameter would silently train a different model.
 * @throws {MlctlError} kind "usage"
 */
export function resolveParams(specs: readonly ParamSpec[], given: JsonObject, family: string): JsonObject {
  const names = specs.map((spec) => spec.name);
  const known = names.length === 0 ? `${family} has no parameters` : `known: ${names.join(", ")}`;
  const problems = Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      message: `unknown parameter "${name}" for ${family}`,
      hint: didYouMean(name, names, known),
    }));
  const resolved: Record<string, Json> = {};
  for (const spec of specs) {
    const value = Object.hasOwn(given, spec.name) ? given[spec.name]! : spec.default;
    resolved[spec.name] = value;
    const hint = correction(spec, value);
    if (hint === undefined) continue;
    problems.push({ message: `parameter "${spec.name}" of ${family} is ${JSON.stringify(value)}`, hint });
  }
  const [first] = problems;
  if (first === undefined) return resolved;
  if (problems.length === 1) throw new MlctlError("usage", first.message, { hint: first.hint });
  throw new MlctlError("usage", `${problems.length} invalid parameters for ${family}`, {
    details: problems.map(({ message, hint }) => `${message}: ${hint}`),
  });
}

/**
 * @param y targets, or null to check X only
 * @throws {RowError} naming the first feature and row without a finite value in the range of float32
 */
export function requireComplete(X: Matrix, y: Float64Array | null, family: string): void {
  const width = X.columnNames.length;
  if (X.rowCount === 0) throw new MlctlError("data", `${family} has no rows to train on`);
  let at = 0; // a loop, because findIndex takes a second for a hundred million values
  while (at < X.values.length && Math.abs(X.values[at]!) <= LARGEST_FLOAT32) at++;
  if (at < X.values.length) {
    const [name, row, value] = [X.columnNames[at % width]!, Math.floor(at / width), X.values[at]!];
    if (Number.isFinite(value)) throw tooLarge(`feature "${name}"`, value, { row, family });
    throw new RowError(row, (place) => `feature "${name}" has no finite value in ${place}`, {
      hint: `${family} does not accept missing values: impute the feature, or use the xgboost family`,
    });
  }
  if (y !== null) requireTarget(y, family);
}

/** The same for X in which NaN is missing and for y. @throws {RowError} */
export function requireFloat32(X: Matrix, y: Float64Array, family: string): void {
  const width = X.columnNames.length;
  let at = 0;
  while (at < X.values.length && !(Math.abs(X.values[at]!) > LARGEST_FLOAT32)) at++;
  if (at < X.values.length)
    throw tooLarge(`feature "${X.columnNames[at % width]}"`, X.values[at]!, { row: Math.floor(at / width), family });
  requireTarget(y, family);
}

/** @throws {RowError} naming the first target that is not a finite number in the range of float32 */
export function requireTarget(y: Float64Array, family: string): void {
  const row = y.findIndex((value) => !(Math.abs(value) <= LARGEST_FLOAT32));
  if (row < 0) return;
  if (Number.isFinite(y[row])) throw tooLarge("the target", y[row]!, { row, family });
  throw new RowError(row, (place) => `the target has no finite value in ${place}`);
}

function tooLarge(what: string, value: number, { row, family }: { row: number; family: string }): RowError {
  // Of features as float32, a number that is too large is already infinite.
  const shown = Number.isFinite(value) ? value : "infinite or too large";
  return new RowError(row, (place) => `${what} is ${shown} in ${place}: ${family} takes numbers up to ±3.4e38`, {
    hint:
      what === "the target"
        ? "correct the row or leave it out"
        : "correct the cell or leave it empty, or clip the feature",
  });
}

/** @throws {MlctlError} as `Estimator.fit`; kind "data" if a weight or a learned number is not finite */
export async function fitEstimator(
  estimator: Estimator,
  X: Matrix,
  y: Float64Array,
  options: FitOptions,
): Promise<FittedEstimator> {
  requireWeights(options.sampleWeight);
  const fitted = await estimator.fit(X, y, options);
  const path = nonFinitePath(fitted.state);
  if (path === undefined) return fitted;
  throw new MlctlError("data", `${estimator.family} overflows: it learned no finite number for "${path}"`, {
    hint: "the features, weights or parameters are too large or too small: standardize or clip the features",
  });
}

function requireWeights(weights: Float64Array | undefined): void {
  const row = weights?.findIndex((weight) => !(weight >= 0 && weight <= LARGEST_FLOAT32)) ?? -1;
  if (row < 0) return;
  throw new RowError(row, (place) => `the weight of ${place} is ${weights![row]}: it must be from 0 to 3.4e38`, {
    hint: 'set "train.class_weight" to moderate numbers',
  });
}

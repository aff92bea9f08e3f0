/** Logistic regression with an L2 penalty, binary or multinomial, with the same objective as scikit-learn's. */
import type {
  Contributions,
  Estimator,
  FitOptions,
  FittedEstimator,
  ParamSpec,
  Predictor,
} from "../../core/estimator.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Matrix } from "../../core/table/matrix.ts";
import { numberList, requireWidth, unfit } from "../fittedState.ts";
import { featureMeans } from "../leastSquares.ts";
import { linearContributions, type LinearOutput } from "../linearContributions.ts";
import { positive, resolveParams } from "../params.ts";
import { requireComplete } from "../requireComplete.ts";
import { fitLogistic } from "./fitLogistic.ts";
import { logisticPredictor, type LogisticModel } from "./logisticPredictor.ts";

const params: readonly ParamSpec[] = [
  {
    name: "C",
    ...positive,
    default: 1,
    description: "inverse strength of the L2 penalty: smaller values shrink the coefficients more",
  },
  { name: "max_iter", type: "integer", default: 1000, minimum: 1, description: "maximum number of solver iterations" },
  {
    name: "tol",
    ...positive,
    default: 1e-6,
    description: "stop when no component of the gradient is larger; tighter than scikit-learn's 1e-4",
  },
  { name: "fit_intercept", type: "boolean", default: true, description: "fit an intercept, which is not penalized" },
  {
    name: "class_weight",
    type: "choice",
    default: null,
    choices: ["balanced"],
    description: "balanced: weight rows by n / (classes · rows of the class), so that rare classes weigh more",
  },
];

export const logisticRegression = {
  family: "logistic_regression",
  description: "logistic regression with an L2 penalty, multinomial for three or more classes",
  tasks: ["binary", "multiclass"],
  params,
  needs: { complete: true, standardized: true },
  calibrated: true,

  async fit(X: Matrix, y: Float64Array, options: FitOptions): Promise<FittedEstimator> {
    const resolved = resolveParams(params, options.params, "logistic_regression");
    requireComplete(X, y, "logistic_regression");
    const { task, classCount } = options;
    const learned = await fitLogistic(X, y, { ...options, params: resolved });
    const state = { ...learned, means: [...featureMeans(X, y, options.sampleWeight)] };
    return { family: "logistic_regression", params: resolved, featureNames: X.columnNames, task, classCount, state };
  },

  load(fitted: FittedEstimator): Predictor {
    const predict = logisticPredictor(readState(fitted));
    return {
      predict(X) {
        requireWidth(X, fitted);
        return predict(X);
      },
    };
  },

  /** Classes not seen in training have a margin of −∞ for every row. */
  contributions(fitted: FittedEstimator, X: Matrix): Contributions {
    requireWidth(X, fitted);
    const width = fitted.featureNames.length;
    const means = numberList(fitted, "means", fitted.state.means, width);
    const outputs = Array.from({ length: fitted.classCount }, (_, code) => outputOf(readState(fitted), code, width));
    return linearContributions(fitted.classCount === 2 ? [logOdds(outputs)] : outputs, means, X);
  },

  /** Mean absolute coefficient over the classes. */
  importance(fitted: FittedEstimator): Float64Array {
    const { coefficients } = readState(fitted);
    const result = new Float64Array(fitted.featureNames.length);
    for (const row of coefficients) row.forEach((value, j) => (result[j]! += Math.abs(value) / coefficients.length));
    return result;
  },
} satisfies Estimator;

/** Linear input of the softmax for a class; if two classes were seen, 0 for the first of them. */
function outputOf({ classes, coefficients, intercepts }: LogisticModel, code: number, width: number): LinearOutput {
  const seen = classes.indexOf(code);
  const none = new Float64Array(width);
  if (seen === -1) return { coefficients: none, intercept: -Infinity };
  const at = classes.length > 2 ? seen : seen - 1;
  return at === -1
    ? { coefficients: none, intercept: 0 }
    : { coefficients: coefficients[at]!, intercept: intercepts[at]! };
}

/** Log-odds of the second class. */
function logOdds([first, second]: readonly LinearOutput[]): LinearOutput {
  return { coefficients: second!.coefficients, intercept: second!.intercept - first!.intercept };
}

function readState(fitted: FittedEstimator): LogisticModel {
  const state: JsonObject = fitted.state;
  const classes = [...numberList(fitted, "classes", state.classes)];
  const isCode = (code: number): boolean => Number.isInteger(code) && code >= 0 && code < fitted.classCount;
  if (classes.length === 0 || !classes.every(isCode)) {
    throw unfit(fitted, "classes", "a list of class codes");
  }
  const rows: Json = state.coefficients ?? null;
  const expected = classes.length > 2 ? classes.length : classes.length - 1;
  if (!Array.isArray(rows) || rows.length !== expected)
    throw unfit(fitted, "coefficients", `${expected} lists of numbers`);
  const width = fitted.featureNames.length;
  const coefficients = rows.map((row: Json) => numberList(fitted, "coefficients", row, width));
  const intercepts = numberList(fitted, "intercepts", state.intercepts, expected);
  return { classes, coefficients, intercepts, classCount: fitted.classCount };
}

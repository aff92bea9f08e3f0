/** Early stopping: finds the best number of rounds on held-out training rows. */
import { MlctlError } from "../../../core/errors.ts";
import type { FitOptions } from "../../../core/estimator.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { Matrix } from "../../../core/table/matrix.ts";
import { holdOut } from "../../holdOut.ts";
import type { BestRound, Watch } from "./bestRound.ts";
import type { Engine, TrainingRequest, WatchedFit } from "../engines/engine.ts";
import { objectives, type Objective } from "../objectives.ts";

/** Where 0 asks for the validation rows, and they must not stop the fit. */
const USUAL_SHARE = 0.1;

/**
 * Trains on the other rows until the metric on the held-out rows has not improved for `early_stopping_rounds` rounds.
 * The caller then trains on all rows with the best number of rounds.
 * @param params parameters of the family
 * @throws {MlctlError} kind "data" if there are too few rows
 */
export async function stopEarly(engine: Engine, request: TrainingRequest, params: JsonObject): Promise<BestRound> {
  const { y, objective, classCount, seed, times, groups } = request;
  const share = (params.early_stopping_fraction as number) || USUAL_SHARE;
  const { training, heldOut } = holdOut(y, { share, seed, classCount, times, groups });
  const { metric, patience } = ruleOf(params, objective);
  const evaluation = partOf(request, heldOut);
  if (metric === "auc" && new Set(evaluation.y).size < 2) {
    throw new MlctlError("data", `the ${heldOut.length} rows held out for early stopping all have the same class`, {
      hint: 'raise "early_stopping_fraction", or set "eval_metric" to "logloss"',
    });
  }
  return engine.findRounds({ ...request, ...partOf(request, training) }, { ...evaluation, metric, patience });
}

/**
 * The same with other rows that stop training, see FitOptions.watch: the first fit is the model.
 * @returns with the trees of all rounds where the engine can keep them
 */
export async function stopOn(
  watch: NonNullable<FitOptions["watch"]>,
  engine: Engine,
  request: TrainingRequest,
  params: JsonObject,
): Promise<Omit<WatchedFit, "ensemble"> & Partial<WatchedFit>> {
  const watched = { ...watch, ...ruleOf(params, request.objective) };
  return engine.fitWatched?.(request, watched) ?? { best: await engine.findRounds(request, watched) };
}

function ruleOf(params: JsonObject, objective: Objective): Pick<Watch, "metric" | "patience"> {
  const metric = (params.eval_metric as string | null) ?? objectives[objective].metric;
  return { metric, patience: params.early_stopping_rounds as number };
}

/** Some rows of the training data, with their weights. */
export function partOf({ X, y, sampleWeight }: Pick<TrainingRequest, "X" | "y" | "sampleWeight">, rows: Int32Array) {
  return {
    X: matrixRows(X, rows),
    y: Float64Array.from(rows, (row) => y[row]!),
    ...(sampleWeight === undefined ? {} : { sampleWeight: Float64Array.from(rows, (row) => sampleWeight[row]!) }),
  };
}

function matrixRows({ columnNames, values }: Matrix, rows: Int32Array): Matrix {
  const width = columnNames.length;
  const taken = new Float64Array(rows.length * width);
  rows.forEach((row, i) => taken.set(values.subarray(row * width, (row + 1) * width), i * width));
  return { rowCount: rows.length, columnNames, values: taken };
}

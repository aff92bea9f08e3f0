/** Early stopping: finds the best number of rounds on held-out training rows. */
import { MlctlError } from "../../../core/errors.ts";
import type { FitOptions } from "../../../core/estimator.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { Matrix } from "../../../core/table/table.ts";
import type { Engine, TrainingRequest, WatchedFit } from "../engines/engine.ts";
import { objectives } from "../ensemble.ts";
import { random } from "../../../core/random.ts";

/** Where 0 asks for the validation rows, and they must not stop the fit. */
const USUAL_SHARE = 0.1;

/**
 * Trains on the other rows until the metric on the held-out rows has not improved for `early_stopping_rounds` rounds.
 * The caller then trains on all rows with the best number of rounds.
 * @param params parameters of the family
 * @param watch other rows that stop training, see FitOptions.watch: the first fit is the model
 * @throws {MlctlError} kind "data" if there are too few rows
 */
export async function stopEarly(
  engine: Engine,
  request: TrainingRequest,
  params: JsonObject,
  watch?: FitOptions["watch"],
): Promise<WatchedFit> {
  const metric = (params.eval_metric as string | null) ?? objectives[request.objective].metric;
  const rule = { metric, patience: params.early_stopping_rounds as number };
  if (watch !== undefined) return engine.findRounds(request, { ...watch, ...rule }, true);
  const share = (params.early_stopping_fraction as number) || USUAL_SHARE;
  const { training, heldOut } = holdOut(request.y, { ...request, share });
  const evaluation = partOf(request, heldOut);
  if (metric === "auc" && new Set(evaluation.y).size < 2) {
    throw new MlctlError("data", `the ${heldOut.length} rows held out for early stopping all have the same class`, {
      hint: 'raise "early_stopping_fraction", or set "eval_metric" to "logloss"',
    });
  }
  return engine.findRounds({ ...request, ...partOf(request, training) }, { ...evaluation, ...rule }, false);
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
  const size = rows.length * width;
  const taken = values instanceof Float32Array ? new Float32Array(size) : new Float64Array(size);
  rows.forEach((row, i) => taken.set(values.subarray(row * width, (row + 1) * width), i * width));
  return { rowCount: rows.length, columnNames, values: taken };
}

/** `share` of the rows, above 0 and below 1. */
type HoldOut = Pick<FitOptions, "seed" | "classCount" | "times" | "groups"> & { readonly share: number };

/**
 * Holds out training rows, never those that the model is evaluated on. With times: the latest rows, never splitting rows
 * of the same time. Else whole groups, or a stratified random sample, both drawn by the seed.
 * @returns row positions, ascending
 * @throws {MlctlError} kind "data" if either part would be empty
 */
export function holdOut(y: Float64Array, options: HoldOut) {
  const chosen = new Set(chooseRows(y, options));
  const all = Int32Array.from(y.keys());
  const training = all.filter((row) => !chosen.has(row));
  if (training.length === 0 || chosen.size === 0) {
    throw new MlctlError("data", `too few training rows (${y.length}) to hold out some for early stopping`, {
      hint: 'remove "early_stopping_rounds", or ingest more rows',
    });
  }
  return { training, heldOut: all.filter((row) => chosen.has(row)) };
}

function chooseRows(y: Float64Array, { share, seed, classCount, times, groups }: HoldOut): number[] {
  const rows = Array.from(y.keys());
  const count = Math.ceil(share * rows.length);
  const { shuffle } = random(seed);
  if (times !== undefined) {
    const known = times.filter((time) => !Number.isNaN(time)).toSorted();
    const first = known[known.length - count] ?? Number.NaN;
    return rows.filter((row) => times[row]! >= first);
  }
  if (groups !== undefined) {
    const found: number[] = [];
    for (const group of shuffle([...new Set(groups)])) {
      if (found.length >= count) break;
      groups.forEach((each, row) => void (each === group && found.push(row)));
    }
    return found;
  }
  if (classCount === 0) return shuffle(rows).slice(0, count);
  return Array.from({ length: classCount }, (_, code) => {
    const own = shuffle(rows.filter((row) => y[row] === code));
    // the only row of a class stays in training
    return own.slice(0, Math.min(own.length - 1, Math.max(1, Math.round(share * own.length))));
  }).flat();
}

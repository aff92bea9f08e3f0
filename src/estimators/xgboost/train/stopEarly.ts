/** Early stopping: finds the number of rounds on training rows that are set aside. */
import { MlctlError } from "../../../core/errors.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { Matrix } from "../../../core/table/matrix.ts";
import { setAside } from "../../setAside.ts";
import type { BestRound } from "./bestRound.ts";
import type { Engine, TrainingRequest } from "../engines/engine.ts";
import { objectives } from "../objectives.ts";

/**
 * Trains on the rest of the rows until the metric of the rows aside has not got better for
 * `early_stopping_rounds` rounds. The best number of rounds then serves to train on all rows.
 *
 * @param params of the family
 * @throws {MlctlError} kind "data" where there are too few rows for it
 */
export async function stopEarly(engine: Engine, request: TrainingRequest, params: JsonObject): Promise<BestRound> {
  const { X, y, sampleWeight, objective, classCount, seed, times, groups } = request;
  const share = params.early_stopping_fraction as number;
  const { training, aside } = setAside(y, { share, seed, classCount, times, groups });
  const rowsOf = (rows: Int32Array) => ({
    X: matrixRows(X, rows),
    y: Float64Array.from(rows, (row) => y[row]!),
    ...(sampleWeight === undefined ? {} : { sampleWeight: Float64Array.from(rows, (row) => sampleWeight[row]!) }),
  });
  const metric = (params.eval_metric as string | null) ?? objectives[objective].metric;
  const watched = rowsOf(aside);
  if (metric === "auc" && new Set(watched.y).size < 2) {
    throw new MlctlError("data", `the ${aside.length} rows set aside for early stopping are all of one class`, {
      hint: 'raise "early_stopping_fraction", or set "eval_metric" to "logloss"',
    });
  }
  const patience = params.early_stopping_rounds as number;
  return engine.findRounds({ ...request, ...rowsOf(training) }, { ...watched, metric, patience });
}

function matrixRows({ columnNames, values }: Matrix, rows: Int32Array): Matrix {
  const width = columnNames.length;
  const taken = new Float64Array(rows.length * width);
  rows.forEach((row, i) => taken.set(values.subarray(row * width, (row + 1) * width), i * width));
  return { rowCount: rows.length, columnNames, values: taken };
}

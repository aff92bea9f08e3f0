/** Answers for training rows from models that have not seen them. */
import { MlctlError } from "../../core/errors.ts";
import { selectionFolds, type SelectionMethod } from "./selectionFolds.ts";

const FOLDS = 3;

/**
 * Up to so many rows, folds are drawn so many times anew. Simulated on 80 to 600 rows of two overlapping classes, five
 * draws halve what a tuned threshold loses in F1 against the best one (0.021 → 0.014 for logistic regression, 0.016 →
 * 0.009 for trees): with few rows, the draw of the folds decides more than the rows do.
 */
const DRAWS = [
  { rows: 500, draws: 5 },
  { rows: 2000, draws: 3 },
];

/** Fits on `training`, answers the probability of class 1 for `judged`; both are positions. */
export type FitAndPredict = (training: Int32Array, judged: Int32Array) => Promise<Float64Array>;

export interface FoldRows {
  /** Class codes 0 and 1, (n_training). */
  readonly y: Float64Array;
  readonly seed: number;
  /** When each row happened: each model learns from earlier rows than it answers for. */
  readonly times?: Float64Array | undefined;
  /** Rows of one group are in one fold. */
  readonly groups?: readonly (string | null)[] | undefined;
}

/** Truth and answers for the same rows: of time only for the later ones, of several draws each row several times. */
export interface OutOfFold {
  readonly y: Float64Array;
  readonly probabilities: Float64Array;
}

/** @throws {MlctlError} kind "data" where the rows are too few, or the models would see one class only */
export async function outOfFold(rows: FoldRows, fitAndPredict: FitAndPredict): Promise<OutOfFold> {
  const { y, seed, times, groups } = rows;
  const all = Int32Array.from(y.keys());
  const method: SelectionMethod =
    times !== undefined ? "time_series" : groups !== undefined ? "group_k_fold" : "stratified_k_fold";
  const draws = method === "stratified_k_fold" ? drawsFor(y.length) : 1;
  const truths: number[] = [];
  const probabilities: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const folds = foldsFor(() =>
      selectionFolds(y, all, { method, folds: FOLDS, seed: seed + draw, classCount: 2, times, groups }),
    );
    for (const { training, judged } of folds) {
      if (training.every((row) => y[row] === y[training[0]!])) continue; // the first rows in time may be of one class
      const answers = await fitAndPredict(training, judged);
      judged.forEach((row, i) => {
        truths.push(y[row]!);
        probabilities.push(answers[i]!);
      });
    }
  }
  if (probabilities.length === 0) throw tooFew();
  return { y: Float64Array.from(truths), probabilities: Float64Array.from(probabilities) };
}

function drawsFor(rowCount: number): number {
  return DRAWS.find(({ rows }) => rowCount <= rows)?.draws ?? 1;
}

function foldsFor<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw cause instanceof MlctlError && cause.kind === "data" ? tooFew(cause) : cause;
  }
}

function tooFew(cause?: MlctlError): MlctlError {
  return new MlctlError("data", `the training rows are too few to learn threshold or calibration on ${FOLDS} folds`, {
    cause,
    hint: 'set "train.threshold" to 0.5 and "train.calibration" to null, or ingest more rows',
  });
}

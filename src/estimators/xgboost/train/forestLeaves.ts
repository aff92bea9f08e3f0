/** Turns the leaves of a random forest into log-odds, and learns their scale on held-out rows. */
import { attempt } from "../../../core/errors.ts";
import type { FitOptions } from "../../../core/estimator.ts";
import type { Matrix } from "../../../core/table/matrix.ts";
import { holdOut, partOf } from "./stopEarly.ts";
import { lbfgs, type Objective } from "../../logistic/lbfgs.ts";
import type { Tree, TreeEnsemble } from "../ensemble.ts";
import { treePredictor } from "../predict/treePredictor.ts";

/** Each leaf gets this number of rows with the class shares of all rows: its own few rows say little of a rare class. */
const PRIOR_ROWS = 20;
const HELD_OUT_SHARE = 0.25;
/** With fewer rows, or rows that are all of one time or group, the leaves keep their scale. */
const FEWEST_ROWS = 40;

/** Trees grown from equal shares: each share, and the second derivative of the log loss, which all rows have. */
export function firstRound({ task, classCount }: Pick<FitOptions, "task" | "classCount">) {
  if (task === "regression") return { share: 0, hessian: 1 };
  const share = 1 / classCount;
  // XGBoost doubles it for softmax
  return { share, hessian: (task === "binary" ? 1 : 2) * share * (1 - share) };
}

/**
 * A leaf of the first round is (share of the class − share at the start) / hessian / trees, which gives its share back.
 * @param count number of trees per output
 */
export function logShares(
  ensemble: TreeEnsemble,
  y: Float64Array,
  { task, classCount, sampleWeight }: FitOptions,
  count: number,
): TreeEnsemble {
  const first = firstRound({ task, classCount });
  const totals = new Float64Array(classCount);
  y.forEach((code, row) => (totals[code]! += sampleWeight?.[row] ?? 1));
  const total = totals.reduce((sum, each) => sum + each, 0);
  return mapLeaves(ensemble, (value, output, cover) => {
    const prior = totals[ensemble.outputCount === 1 ? 1 : output]! / total;
    const rows = cover / first.hessian;
    const own = Math.min(1, Math.max(0, first.share + first.hessian * value * count));
    const share = Math.min(1 - 1e-7, Math.max(1e-7, (own * rows + prior * PRIOR_ROWS) / (rows + PRIOR_ROWS)));
    return (Math.log(share) - (ensemble.outputCount === 1 ? Math.log(1 - share) : 0)) / count;
  });
}

/**
 * Averages of log-odds are too close to the class shares: multiplies and shifts them by what is best for the log loss of
 * held-out rows, predicted by a forest of the others.
 */
export async function scaleLeaves(
  ensemble: TreeEnsemble,
  X: Matrix,
  y: Float64Array,
  options: FitOptions,
  grow: (X: Matrix, y: Float64Array, options: FitOptions) => Promise<TreeEnsemble>,
): Promise<TreeEnsemble> {
  const { times, groups } = options;
  if (y.length < FEWEST_ROWS || new Set<unknown>(times ?? groups).size === 1) return ensemble;
  const parts = attempt(
    () => holdOut(y, { ...options, share: HELD_OUT_SHARE }),
    () => undefined,
  );
  if (parts === undefined) return ensemble;
  const [training, heldOut] = [parts.training, parts.heldOut].map((rows) => partOf({ X, y, ...options }, rows));
  const grown = await grow(training!.X, training!.y, { ...options, sampleWeight: training!.sampleWeight });
  const { weights } = await lbfgs(logLoss(treePredictor(grown).margins(heldOut!.X), heldOut!), start(options), {
    maxIterations: 100,
    tolerance: 1e-6,
    signal: options.signal,
  });
  const count = ensemble.trees.length / ensemble.outputCount;
  const offset = (output: number): number =>
    ensemble.outputCount === 1 ? weights[2]! - weights[1]! : weights[output + 1]!;
  return mapLeaves(ensemble, (value, output) => weights[0]! * value + offset(output) / count);
}

/** Scale, then one offset per class. */
function start({ classCount }: FitOptions) {
  return { weights: Float64Array.from({ length: classCount + 1 }, (_, i) => (i === 0 ? 1 : 0)), pairs: [] };
}

/** Mean log loss of the softmax of scale · margin + offset, with a penalty of one row. */
function logLoss(
  margins: Float32Array,
  { y, sampleWeight }: { readonly y: Float64Array; readonly sampleWeight?: Float64Array },
): Objective {
  const outputCount = margins.length / y.length;
  const classCount = Math.max(2, outputCount);
  const marginOf = (row: number, code: number): number =>
    outputCount > 1 ? margins[row * outputCount + code]! : code === 0 ? 0 : margins[row]!;
  return {
    size: classCount + 1,
    async evaluate(weights, gradient) {
      const scores = new Float64Array(classCount);
      let loss = (weights[0]! - 1) ** 2 / 2;
      gradient.fill(0);
      gradient[0] = weights[0]! - 1;
      for (let code = 0; code < classCount; code++) {
        loss += weights[code + 1]! ** 2 / 2;
        gradient[code + 1] = weights[code + 1]!;
      }
      for (let row = 0; row < y.length; row++) {
        const weight = sampleWeight?.[row] ?? 1;
        for (let code = 0; code < classCount; code++)
          scores[code] = weights[0]! * marginOf(row, code) + weights[code + 1]!;
        const largest = Math.max(...scores);
        const sum = scores.reduce((total, score) => total + Math.exp(score - largest), 0);
        loss += weight * (largest + Math.log(sum) - scores[y[row]!]!);
        for (let code = 0; code < classCount; code++) {
          const error = weight * (Math.exp(scores[code]! - largest) / sum - (y[row] === code ? 1 : 0));
          gradient[0]! += error * marginOf(row, code);
          gradient[code + 1]! += error;
        }
      }
      for (let i = 0; i < gradient.length; i++) gradient[i]! /= y.length;
      return loss / y.length;
    },
  };
}

function mapLeaves(
  ensemble: TreeEnsemble,
  valueOf: (value: number, output: number, cover: number) => number,
): TreeEnsemble {
  const leaves = (tree: Tree, output: number): Tree => {
    const value = tree.value.map((each, node) =>
      tree.feature[node] === -1 ? rounded(valueOf(each, output, tree.cover[node]!)) : each,
    );
    return { ...tree, value };
  };
  return { ...ensemble, baseMargin: 0, trees: ensemble.trees.map((tree, t) => leaves(tree, t % ensemble.outputCount)) };
}

/** More digits than the rows of a leaf support only make the model file larger. */
function rounded(value: number): number {
  return Number(value.toPrecision(5)) + 0;
}

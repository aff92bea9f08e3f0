/** Predictions of a growing tree ensemble, round by round; each tree is evaluated only once. */
import type { Matrix } from "../../../core/table/matrix.ts";
import type { TreeEnsemble } from "../ensemble.ts";
import { linkMargins, treePredictor } from "./treePredictor.ts";

export interface RunningPredictions {
  /** @returns the predictions after each new round, (n_samples × outputCount) */
  add(ensemble: TreeEnsemble, treesPerRound: number): Iterable<Float64Array>;
}

export function runningPredictions(X: Matrix): RunningPredictions {
  let margins: Float32Array | null = null;
  let done = 0;
  return {
    *add(ensemble, treesPerRound) {
      const { trees, outputCount, baseMargin } = ensemble;
      margins ??= new Float32Array(X.rowCount * outputCount).fill(baseMargin);
      for (; done < trees.length; done += treesPerRound) {
        const round = { ...ensemble, baseMargin: 0, trees: trees.slice(done, done + treesPerRound) };
        treePredictor(round)
          .margins(X)
          .forEach((margin, at) => (margins![at]! += margin));
        yield linkMargins(ensemble, margins);
      }
    },
  };
}

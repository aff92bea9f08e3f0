/** Answers of a growing tree ensemble, round by round: each tree is walked once. */
import type { Matrix } from "../../../core/table/matrix.ts";
import type { TreeEnsemble } from "../ensemble.ts";
import { linkMargins, treePredictor } from "./treePredictor.ts";

export interface RunningMargins {
  /** @returns the answers after each round that is new; (n_samples × outputCount) */
  add(ensemble: TreeEnsemble, treesARound: number): Iterable<Float64Array>;
}

export function runningMargins(X: Matrix): RunningMargins {
  let margins: Float32Array | null = null;
  let known = 0;
  return {
    *add(ensemble, treesARound) {
      const { trees, outputCount, baseMargin } = ensemble;
      margins ??= new Float32Array(X.rowCount * outputCount).fill(baseMargin);
      for (; known < trees.length; known += treesARound) {
        const round = { ...ensemble, baseMargin: 0, trees: trees.slice(known, known + treesARound) };
        treePredictor(round)
          .margins(X)
          .forEach((margin, at) => (margins![at]! += margin));
        yield linkMargins(ensemble, margins);
      }
    },
  };
}

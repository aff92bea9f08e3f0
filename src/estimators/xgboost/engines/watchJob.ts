/** Converts the evaluation rows of early stopping to a message for the training thread. */
import type { Watch } from "../train/bestRound.ts";
import type { TrainingRequest } from "./engine.ts";
import type { WatchJob } from "./trainingJob.ts";

export function watchJob(watch: Watch, { objective, classCount, params }: TrainingRequest): WatchJob {
  const { X, y, sampleWeight, metric, patience } = watch;
  const outputs = objective === "multi:softprob" ? classCount : 1;
  return {
    rowCount: X.rowCount,
    values: new Float32Array(X.values),
    labels: new Float32Array(y),
    weights: sampleWeight === undefined ? null : new Float32Array(sampleWeight),
    metric,
    patience,
    objective,
    treesPerRound: outputs * Number(params.num_parallel_tree),
    tweedieVariancePower: Number(params.tweedie_variance_power ?? 1.5),
    huberSlope: Number(params.huber_slope ?? 1),
  };
}

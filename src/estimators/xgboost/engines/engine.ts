/** Engine: grows the trees. Prediction does not need one. */
import type { FitOptions } from "../../../core/estimator.ts";
import type { Matrix } from "../../../core/table/table.ts";
import type { BestRound, RoundLabels, Watch } from "../train/roundMetrics.ts";
import type { TreeEnsemble, Objective } from "../ensemble.ts";
import type { JsonObject } from "../../../core/json.ts";

/** The options of `fit`; `params` are complete, have XGBoost's names, and `tree_method` is never "auto". */
export interface TrainingRequest extends Omit<FitOptions, "task" | "watch"> {
  /** NaN is missing; infinite values are not allowed. */
  readonly X: Matrix;
  readonly y: Float64Array;
  readonly objective: Objective;
}

export interface WatchedFit {
  readonly best: BestRound;
  readonly ensemble?: TreeEnsemble;
}

export interface Engine {
  /** As recorded in the run: "wasm" or "native". */
  readonly name: string;
  /** Starts its thread if none is running yet. */
  prepare(): void;
  /** The same request gives the same ensemble. */
  fit(request: TrainingRequest): Promise<TreeEnsemble>;
  /**
   * Trains on the rows of the request until the metric on the rows of `watch` stops improving.
   * @param keepsModel to return the trees of all rounds that were trained too, where the engine can
   */
  findRounds(request: TrainingRequest, watch: Watch, keepsModel: boolean): Promise<WatchedFit>;
}

/** Rows that each round is evaluated on, see `Watch`; NaN is missing, for every engine. */
export interface WatchJob extends Omit<RoundLabels, "y" | "weights"> {
  readonly rowCount: number;
  readonly values: Float32Array<ArrayBuffer>;
  readonly labels: Float32Array<ArrayBuffer>;
  readonly weights: Float32Array<ArrayBuffer> | null;
  readonly metric: string;
  readonly patience: number;
  /** Number of outputs times num_parallel_tree. */
  readonly treesPerRound: number;
}

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

export interface TrainingJob {
  readonly rowCount: number;
  readonly columnCount: number;
  /** Row-major; the value for missing depends on the engine. */
  readonly values: Float32Array<ArrayBuffer>;
  readonly labels: Float32Array<ArrayBuffer>;
  /** One per row; null: all 1. */
  readonly weights: Float32Array<ArrayBuffer> | null;
  readonly params: Readonly<Record<string, string>>;
  readonly rounds: number;
  /** Path of the native library; absent for WebAssembly. */
  readonly library?: string;
  /** If given, the result is the best round, as JSON, instead of the model. */
  readonly watch?: WatchJob;
  /** The model follows the best round and a line break. "native" only. */
  readonly keepsModel?: boolean;
}

/** @param settings of the engine, which take precedence */
export function trainingJob(
  { X, y, objective, classCount, params, seed }: TrainingRequest,
  values: TrainingJob["values"],
  settings: JsonObject,
): TrainingJob {
  const { n_estimators: rounds, nthread: _, ...rest } = params;
  const classes = objective === "multi:softprob" ? { num_class: classCount } : {};
  const all = { objective, seed, ...classes, ...rest, ...settings };
  return {
    rowCount: X.rowCount,
    columnCount: X.columnNames.length,
    values,
    labels: new Float32Array(y),
    weights: null,
    params: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)])),
    rounds: Number(rounds),
  };
}

/** Of fewer cells the values are kept: they need little memory, and the library makes that matrix a little faster. */
const CELLS_FOR_BINS = 40_000_000;

/** Whether the library keeps bins instead of values, see quantileMatrix. @param leastCells from which it does */
export function keepsBins(job: TrainingJob, leastCells = CELLS_FOR_BINS): boolean {
  const isPossible = job.library !== undefined && process.platform !== "win32";
  return isPossible && job.params["tree_method"] === "hist" && job.values.length >= leastCells;
}

/** After an error the thread is not reused: it may be broken. */
export type TrainingReply =
  | { readonly bytes: Uint8Array<ArrayBuffer>; readonly memoryBytes: number }
  | { readonly error: string; readonly cause?: unknown };

/** Maximum number of progress messages per fit. */
export const PROGRESS_STEPS = 50;

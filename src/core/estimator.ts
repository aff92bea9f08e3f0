/** Interface of a model family. Learned state is plain JSON; behaviour is looked up by the family's name. */
import type { JsonObject } from "./json.ts";
import type { EstimatorInput, GraphBuilder } from "./onnx.ts";
import type { ParamSpec } from "./paramSpec.ts";
import type { Matrix, Task } from "./table/table.ts";
import type { TransformRequest } from "./transform.ts";

export interface FitOptions {
  readonly task: Task;
  /** Number of classes: 2 for binary, 0 for regression. */
  readonly classCount: number;
  readonly params: JsonObject;
  readonly seed: number;
  /** One weight per row, (n_samples); all 1 if absent. */
  readonly sampleWeight?: Float64Array | undefined;
  /** Time of each row, (n_samples). If given, the rows that an estimator holds out for itself are the last ones. */
  readonly times?: Float64Array | undefined;
  /** Group of each row, (n_samples). Rows of a group are held out together. */
  readonly groups?: readonly (string | null)[] | undefined;
  /** Rows that stop a fit early, in place of training rows that it would hold out for it and fit again afterwards. */
  readonly watch?: { readonly X: Matrix; readonly y: Float64Array } | undefined;
  readonly signal?: AbortSignal;
  readonly onProgress?: (share: number) => void;
  readonly ranks?: Ranks | undefined;
  /** The caller reads the values of X no more, so that an engine may take their memory instead of a copy. */
  readonly takesX?: boolean | undefined;
}

export interface Ranks {
  readonly count: number;
  /** @param job of the family's engine @returns what the engine would return in one process */
  fit(job: object, hooks: Pick<FitOptions, "signal" | "onProgress">): Promise<Uint8Array>;
}

export interface FittedEstimator {
  readonly family: string;
  readonly params: JsonObject;
  /** The engine that trained it, for families with several, e.g. "wasm" or "native". */
  readonly engine?: string;
  readonly ranks?: number;
  readonly featureNames: readonly string[];
  readonly task: Task;
  readonly classCount: number;
  readonly state: JsonObject;
}

export interface Predictor {
  /** Values, or probability of class 1: (n_samples). Multiclass: probabilities, row-major (n_samples × n_classes). */
  predict(X: Matrix): Float64Array;
}

/** SHAP values: what each feature adds to a prediction, relative to the base value. */
export interface Contributions {
  /** Set if the values are not in the task's usual unit: "log_target" sums to the logarithm of the prediction. */
  readonly unit?: "log_target";
  readonly outputCount: number;
  /** (n_samples × outputCount × n_features), in units of the target; classification: of the margin (log-odds). */
  readonly values: Float64Array;
  /** (outputCount). Base value plus the contributions of a row give its margin. */
  readonly baseValues: Float64Array;
}

export interface ImportanceUnit {
  readonly key: string;
  readonly label: string;
}

export interface FitRemarks {
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

/** The series of the training data, for families that bring their own features. */
export interface TargetSeries {
  readonly target: string;
  /** Columns that tell series apart; empty for one series. */
  readonly by: readonly string[];
  /** Number of rows after which a season comes again, found from the step of the times; null if there is none. */
  readonly season: number | null;
}

export interface EnsembleMember {
  readonly family: string;
  readonly params: JsonObject;
  /** Share of the ensemble's margin; the weights sum to 1. */
  readonly weight: number;
}

export interface Estimator {
  readonly family: string;
  readonly description: string;
  readonly tasks: readonly Task[];
  readonly params: readonly ParamSpec[];
  /** Linear families need imputed and standardized columns; trees take columns as they are, including NaN. */
  readonly needs: {
    readonly complete: boolean;
    readonly standardized: boolean;
    /** It rounds features to float32 anyway, so `fit` may get them as float32: half the memory. */
    readonly float32?: true;
  };
  /** Learns nothing from features: other families are compared with it, and it is never kept or deployed by itself. */
  readonly isBaseline?: true;
  /** Families that look back on the target: own transforms, in place of configured ones. */
  features?(params: JsonObject, series: TargetSeries): readonly TransformRequest[];
  members?(params: JsonObject): readonly EnsembleMember[];
  /** Its probabilities need no calibration. */
  readonly calibrated?: true;
  /** What `importance` measures: a key for JSON and a label for plots; standardized coefficients if left out. */
  readonly importanceUnit?: ImportanceUnit;
  /** Starts slow setup (e.g. loading a library) in the background, so that the first fit does not wait for it. */
  prepare?(params: JsonObject): void;
  /** Warnings and notes about how the family trains on this machine; independent of the data. */
  remarks?(params: JsonObject): Promise<FitRemarks>;
  /** @param y regression: values; classification: class codes 0 … classCount − 1, (n_samples) */
  fit(X: Matrix, y: Float64Array, options: FitOptions): Promise<FittedEstimator>;
  /** @throws {MlctlError} kind "data" if the state does not fit this version */
  load(fitted: FittedEstimator): Predictor;
  /** One value per feature, at least 0 (gain of trees, |coefficient| of standardized linear models). */
  importance?(fitted: FittedEstimator): Float64Array;
  /** @param outputs compute at least the first of them; default: all */
  contributions?(fitted: FittedEstimator, X: Matrix, outputs?: number): Contributions;
  /** Families whose short fit is a prefix of a longer one: a search fits trials that differ in `param` once. */
  readonly stages?: {
    readonly param: string;
    shares(params: JsonObject): boolean;
    first(fitted: FittedEstimator, length: number): FittedEstimator;
  };
  /** Exports to formats of other programs, by format name, e.g. "xgboost-json". */
  readonly exports?: Readonly<Record<string, (fitted: FittedEstimator) => string>>;
  /** As operators of an ONNX graph. @returns (rows × 1) values or probabilities; multiclass: (rows × classes) */
  toOnnx?(graph: GraphBuilder, fitted: FittedEstimator, input: EstimatorInput): string;
}

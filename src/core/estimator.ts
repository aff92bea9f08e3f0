/** Interface of a model family. Learned state is plain JSON; behaviour is looked up by the family's name. */
import type { JsonObject } from "./json.ts";
import type { EstimatorInput, GraphBuilder } from "./onnx.ts";
import type { Matrix } from "./table/matrix.ts";
import type { Task } from "./task.ts";
import type { TransformRequest } from "./transform.ts";

/** Arguments of `fit` other than X and y. */
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
  /** Share done, 0 to 1, for progress bars. */
  readonly onProgress?: (share: number) => void;
  /** Processes that fit the model together, for families that can; see `train.distributed`. */
  readonly ranks?: Ranks | undefined;
}

/** Processes, possibly on several machines, that fit one model together. */
export interface Ranks {
  /** At least 2. */
  readonly count: number;
  /** @param job of the family's engine @returns what the engine would return in one process */
  fit(job: object, hooks: Pick<FitOptions, "signal" | "onProgress">): Promise<Uint8Array>;
}

/** A fitted estimator as stored in the model file. */
export interface FittedEstimator {
  readonly family: string;
  /** All parameters, with defaults filled in. */
  readonly params: JsonObject;
  /** The engine that trained it, for families with several, e.g. "wasm" or "native". */
  readonly engine?: string;
  /** Number of processes that trained it together; absent: one. */
  readonly ranks?: number;
  readonly featureNames: readonly string[];
  readonly task: Task;
  readonly classCount: number;
  readonly state: JsonObject;
}

export interface Predictor {
  /**
   * Regression: values, (n_samples). Binary: probability of class 1, (n_samples).
   * Multiclass: probabilities, row-major (n_samples × n_classes), each row sums to 1.
   */
  predict(X: Matrix): Float64Array;
}

/** SHAP values: what each feature adds to a prediction, relative to the base value. */
export interface Contributions {
  /** Set if the values are not in the task's usual unit: "log_target" sums to the logarithm of the prediction. */
  readonly unit?: "log_target";
  /** 1, or the number of classes for multiclass. */
  readonly outputCount: number;
  /**
   * Row-major, (n_samples × outputCount × n_features). Regression: in units of the target. Classification: in units of
   * the margin (log-odds of class 1, or the inputs of the softmax).
   */
  readonly values: Float64Array;
  /** (outputCount). Base value plus the contributions of a row give its margin. */
  readonly baseValues: Float64Array;
}

/** One parameter of a family and its allowed values, for validation, help and search. */
export interface ParamSpec {
  readonly name: string;
  /**
   * "directions": an object that maps features to 1 (increasing), −1 (decreasing) or 0. "groups": a list of lists of
   * features. The default of both is null.
   */
  readonly type: "number" | "integer" | "boolean" | "choice" | "directions" | "groups";
  readonly default: number | boolean | string | null;
  readonly minimum?: number;
  readonly maximum?: number;
  /** The bound itself is not allowed. */
  readonly exclusiveMinimum?: boolean;
  readonly choices?: readonly string[];
  readonly description: string;
}

export interface ImportanceUnit {
  readonly key: string;
  readonly label: string;
}

/** See Estimator.remarks. */
export interface FitRemarks {
  /** Something is broken and was skipped. */
  readonly warnings: readonly string[];
  /** Something could be improved. */
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

/** A model of an ensemble, before it is fitted. */
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
  readonly needs: { readonly complete: boolean; readonly standardized: boolean };
  /** Learns nothing from features: other families are compared with it, and it is never kept or deployed by itself. */
  readonly isBaseline?: true;
  /**
   * Families that look back on the target: their own transforms, in place of those of config.json.
   * @throws {MlctlError} kind "data" if the series do not allow it
   */
  features?(params: JsonObject, series: TargetSeries): readonly TransformRequest[];
  /** Families that are made of other models: these. */
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
  /**
   * One value per feature, at least 0 (gain for trees, |coefficient| for standardized linear models); absent if the
   * family has none.
   */
  importance?(fitted: FittedEstimator): Float64Array;
  /**
   * @param outputs compute at least the first of them; the values of the others may be left 0; default: all
   * @throws {RangeError} if the number of columns differs from training
   */
  contributions?(fitted: FittedEstimator, X: Matrix, outputs?: number): Contributions;
  /**
   * For families whose short fit is a prefix of a longer one: a search fits trials that differ only in `param` once.
   */
  readonly stages?: {
    readonly param: string;
    /** Whether fits with these parameters share a prefix. */
    shares(params: JsonObject): boolean;
    /** The model as if fitted with `param` = `length`. */
    first(fitted: FittedEstimator, length: number): FittedEstimator;
    /**
     * Predictions for `rows` of the models of all `lengths`, computed without building the models; undefined if that is
     * not possible. The last bit of a float32 may differ from the models' own predictions.
     */
    predictions?(
      X: Matrix,
      y: Float64Array,
      options: FitOptions,
      request: { readonly lengths: readonly number[]; readonly rows: Matrix },
    ): Promise<Float64Array[] | undefined>;
  };
  /** Exports to formats of other programs, by format name, e.g. "xgboost-json". */
  readonly exports?: Readonly<Record<string, (fitted: FittedEstimator) => string>>;
  /**
   * The model as operators of an ONNX graph. Its state was validated by `load`.
   *
   * @returns (rows × 1) values, or probabilities of class 1; multiclass: (rows × classes) probabilities
   */
  toOnnx?(graph: GraphBuilder, fitted: FittedEstimator, input: EstimatorInput): string;
}

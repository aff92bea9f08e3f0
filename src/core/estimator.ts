/** The contract of a model family. Learned state is plain JSON; behaviour is looked up by the family's name. */
import type { JsonObject } from "./json.ts";
import type { Matrix } from "./table/matrix.ts";
import type { Task } from "./task.ts";

/** What fitting is told beside X and y. */
export interface FitOptions {
  readonly task: Task;
  /** Number of classes: 2 for binary, 0 for regression. */
  readonly classCount: number;
  readonly params: JsonObject;
  readonly seed: number;
  /** One weight a row, (n_samples); all 1 if absent. */
  readonly sampleWeight?: Float64Array;
  /** When each row happened, where rows are judged by time: what an estimator sets aside for itself are the last, (n_samples). */
  readonly times?: Float64Array | undefined;
  /** Rows of one group are set aside together, (n_samples). */
  readonly groups?: readonly (string | null)[] | undefined;
  readonly signal?: AbortSignal;
  /** Share done, 0 to 1, for progress bars. */
  readonly onProgress?: (share: number) => void;
}

/** A fitted estimator as it stands in the model file. */
export interface FittedEstimator {
  readonly family: string;
  /** Every parameter with its value, defaults filled in. */
  readonly params: JsonObject;
  /** Which engine did the work where a family has several, e.g. "wasm" or "native". */
  readonly engine?: string;
  readonly featureNames: readonly string[];
  readonly task: Task;
  readonly classCount: number;
  readonly state: JsonObject;
}

/** Answers for rows. */
export interface Predictor {
  /**
   * Regression: values, (n_samples). Binary: probability of class 1, (n_samples).
   * Multiclass: probabilities, row-major (n_samples × n_classes), each row sums to 1.
   */
  predict(X: Matrix): Float64Array;
}

/** Shapley values: what each feature adds to each answer, beside the answer for the mean row. */
export interface Contributions {
  /** What they add up to, where it is not the task's usual: "log_target", whose exp is the answer. */
  readonly unit?: "log_target";
  /** 1, or the number of classes for multiclass. */
  readonly outputCount: number;
  /**
   * Row-major, (n_samples × outputCount × n_features). Regression: in units of the target. Classification: on the side
   * of the margin (log-odds of class 1, or what goes into the softmax).
   */
  readonly values: Float64Array;
  /** A row's contributions and this sum to its margin, (outputCount). */
  readonly baseValues: Float64Array;
}

/** One parameter of a family: what is allowed, for validation, help and search. */
export interface ParamSpec {
  readonly name: string;
  /**
   * Beside scalars: "directions" is an object of features with 1 (increasing), −1 (decreasing) or 0, "groups" a list of
   * lists of features; for both the default is null.
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

/** See Estimator.stages. */
export interface StagedQuestion {
  readonly lengths: readonly number[];
  readonly rows: Matrix;
}

/** See Estimator.remarks. */
export interface FitRemarks {
  /** Something is broken and was passed over. */
  readonly warnings: readonly string[];
  /** Something could be better. */
  readonly notes: readonly string[];
}

export interface Estimator {
  readonly family: string;
  readonly description: string;
  readonly tasks: readonly Task[];
  readonly params: readonly ParamSpec[];
  /** Linear families want numbers imputed and standardized; trees take columns as they are, NaN included. */
  readonly needs: { readonly complete: boolean; readonly standardized: boolean };
  /** Learns nothing from features: other families are compared with it, and it is never kept or deployed by itself. */
  readonly isBaseline?: true;
  /** Its probabilities need no calibration. */
  readonly calibrated?: true;
  /** What `importance` measures: a key for JSON and a label for plots; standardized coefficients if left out. */
  readonly importanceUnit?: ImportanceUnit;
  /** Starts what the first fit would have to wait for, beside the caller's other work; absent where there is nothing. */
  prepare?(params: JsonObject): void;
  /** What the user should know of how the family trains on this machine, whatever the data; absent where there is nothing. */
  remarks?(params: JsonObject): Promise<FitRemarks>;
  /** @param y regression: values; classification: class codes 0 … classCount − 1, (n_samples) */
  fit(X: Matrix, y: Float64Array, options: FitOptions): Promise<FittedEstimator>;
  /** @throws {MlctlError} kind "data" where the state does not fit this version */
  load(fitted: FittedEstimator): Predictor;
  /** One number a feature, at least 0 (gain for trees, |coefficient| for standardized linear models); absent if the family has none. */
  importance?(fitted: FittedEstimator): Float64Array;
  /** @throws {RangeError} where the matrix has another width */
  contributions?(fitted: FittedEstimator, X: Matrix): Contributions;
  /** Where a short fit is the beginning of a longer one: a search makes one fit of all that differ only in `param`. */
  readonly stages?: {
    readonly param: string;
    /** Whether it is so with these parameters. */
    shares(params: JsonObject): boolean;
    /** As if it had been fitted with this value of `param`. */
    first(fitted: FittedEstimator, length: number): FittedEstimator;
    /**
     * What the models of `lengths` answer for `rows`, where that can be had without making the models. Undefined where it
     * cannot; the last bit of a float32 may differ from the models' own answers.
     */
    answers?(
      X: Matrix,
      y: Float64Array,
      options: FitOptions,
      asked: StagedQuestion,
    ): Promise<Float64Array[] | undefined>;
  };
  /** The model as text in the format of another program, by the format's name, e.g. "xgboost-json". */
  readonly exports?: Readonly<Record<string, (fitted: FittedEstimator) => string>>;
}

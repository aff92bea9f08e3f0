/** The prediction log: what is stored of each prediction, so that its label can be joined later. */

export interface LoggedPrediction {
  /** Returned to the caller with the prediction; unique across processes. */
  readonly predictionId: string;
  readonly at: number;
  /** Null for a model file that does not belong to a run. */
  readonly runId: string | null;
  readonly modelSha256: string;
  readonly inputs: Readonly<Record<string, string | number | boolean | null>>;
  readonly prediction: string | number;
  /** Binary: of the positive class. Multiclass: of the predicted class. Null for regression. */
  readonly probability: number | null;
  /** A "forecast" is of a date whose inputs nobody has seen yet, so monitoring leaves it out. */
  readonly source: "serve" | "predict" | "watch" | "forecast";
  /** Of a request to `serve`: its X-Request-Id, or the trace id of its traceparent, or the id that the response has. */
  readonly requestId?: string | null;
  /** Of a request to `serve` with ?threshold=…, in place of the model's own. */
  readonly threshold?: number | null;
}

export interface PredictionLogStats {
  readonly queued: number;
  readonly written: number;
  readonly dropped: number;
  /** Of the written ones, how many had to wait until a trouble ended. */
  readonly late: number;
  readonly lastError: string | null;
  /** Why rows are kept back or lost at present; null if all are written in time. */
  readonly trouble: string | null;
}

/** Writes predictions in the background: `append` never throws, waits or blocks. */
export interface PredictionLog {
  append(predictions: readonly LoggedPrediction[]): void;
  /** Resolves when all accepted rows are on disk, or when a write failed; the rows then stay queued. */
  flush(): void | Promise<void>;
  /** Flushes and closes the file; rows appended afterwards count as dropped. */
  close(): void | Promise<void>;
  stats(): PredictionLogStats;
}

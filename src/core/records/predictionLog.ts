/** What is remembered of each prediction, so that the truth can be joined to it later. */

/** One answered row. */
export interface LoggedPrediction {
  /** Given to the caller with the answer; unique over all processes. */
  readonly predictionId: string;
  /** When it was answered, in milliseconds since 1970. */
  readonly at: number;
  /** Null for a model file that no run made. */
  readonly runId: string | null;
  readonly modelSha256: string;
  /** By column, as the caller gave them. */
  readonly inputs: Readonly<Record<string, string | number | boolean | null>>;
  /** A class by its name, or a number. */
  readonly prediction: string | number;
  /** Of the answer's class (of the positive class where there are two); null in regression. */
  readonly probability: number | null;
  readonly source: "serve" | "predict" | "watch";
}

export interface PredictionLogStats {
  /** Accepted, not yet on disk. */
  readonly queued: number;
  readonly written: number;
  /** Lost because the queue was full or the disk refused. */
  readonly dropped: number;
  readonly lastError: string | null;
}

/** Takes predictions in passing: `append` never throws, never waits and never blocks. */
export interface PredictionLog {
  append(predictions: readonly LoggedPrediction[]): void;
  /** Resolves when all that was accepted so far is on disk; where the disk refuses, once it did: the rows wait on. */
  flush(): void | Promise<void>;
  /** Flushes and lets go of the file; `append` after it counts as dropped. */
  close(): void | Promise<void>;
  stats(): PredictionLogStats;
}

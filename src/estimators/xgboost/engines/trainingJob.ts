/** TrainingJob: what the thread that trains is handed, and what it tells. */
import type { RoundTruth } from "../train/roundMetrics.ts";

/** Rows that judge each round, see `Watch`; NaN is missing, whatever the engine. */
export interface WatchJob extends Omit<RoundTruth, "y" | "weights"> {
  readonly rowCount: number;
  readonly values: Float32Array<ArrayBuffer>;
  readonly labels: Float32Array<ArrayBuffer>;
  readonly weights: Float32Array<ArrayBuffer> | null;
  readonly metric: string;
  readonly patience: number;
  /** Outputs by parallel trees. */
  readonly treesARound: number;
}

/** Rows that are answered instead of handing out the model. */
export interface QuestionJob {
  readonly rowCount: number;
  readonly values: Float32Array<ArrayBuffer>;
  readonly rounds: readonly number[];
}

export interface TrainingJob {
  readonly rowCount: number;
  readonly columnCount: number;
  /** Row-major; what stands for missing is the engine's own choice. */
  readonly values: Float32Array<ArrayBuffer>;
  readonly labels: Float32Array<ArrayBuffer>;
  /** One a row; null where all weigh 1. */
  readonly weights: Float32Array<ArrayBuffer> | null;
  readonly params: readonly (readonly [string, string])[];
  readonly rounds: number;
  /** File of the native library; null for WebAssembly. */
  readonly library: string | null;
  /** Null for a model; else what comes back is not the model but its best round, as JSON. */
  readonly watch: WatchJob | null;
  /** Null for a model; else what comes back are float32 margins, by round and row. "native" only. */
  readonly question: QuestionJob | null;
}

/** After "error" the thread is not used again: it may be broken. */
export type WorkerMessage =
  | { readonly type: "progress"; readonly share: number }
  | { readonly type: "model"; readonly bytes: Uint8Array; readonly memoryBytes: number }
  | { readonly type: "error"; readonly message: string };

/** Often enough for a progress bar, seldom enough to cost nothing. */
export const PROGRESS_STEPS = 50;

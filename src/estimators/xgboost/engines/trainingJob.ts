/** Messages to and from the training thread. */
import type { RoundLabels } from "../train/roundMetrics.ts";

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

/** Rows whose margins are returned instead of the model. */
export interface MarginsJob {
  readonly rowCount: number;
  readonly values: Float32Array<ArrayBuffer>;
  readonly rounds: readonly number[];
}

export interface TrainingJob {
  readonly rowCount: number;
  readonly columnCount: number;
  /** Row-major; the value for missing depends on the engine. */
  readonly values: Float32Array<ArrayBuffer>;
  readonly labels: Float32Array<ArrayBuffer>;
  /** One per row; null: all 1. */
  readonly weights: Float32Array<ArrayBuffer> | null;
  readonly params: readonly (readonly [string, string])[];
  readonly rounds: number;
  /** Path of the native library; null for WebAssembly. */
  readonly library: string | null;
  /** If not null, the result is the best round, as JSON, instead of the model. */
  readonly watch: WatchJob | null;
  /** If not null, the result is float32 margins, by round and row, instead of the model. "native" only. */
  readonly margins: MarginsJob | null;
}

/** After an error the thread is not reused: it may be broken. */
export type TrainingReply =
  | { readonly bytes: Uint8Array<ArrayBuffer>; readonly memoryBytes: number }
  | { readonly error: string; readonly cause?: unknown };

/** Maximum number of progress messages per fit. */
export const PROGRESS_STEPS = 50;

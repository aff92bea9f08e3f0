/** TrainingJob: what the thread that trains is handed, and what it tells. */

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
}

/** After "error" the thread is not used again: it may be broken. */
export type WorkerMessage =
  | { readonly type: "progress"; readonly share: number }
  | { readonly type: "model"; readonly bytes: Uint8Array; readonly memoryBytes: number }
  | { readonly type: "error"; readonly message: string };

/** Often enough for a progress bar, seldom enough to cost nothing. */
export const PROGRESS_STEPS = 50;

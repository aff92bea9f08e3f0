/** Thread pool of a search (piscina). */
import { Piscina } from "piscina";
import { messageOf, MlctlError, type ErrorKind } from "../../core/errors.ts";
import { endThreads } from "../../core/nativeCalls.ts";
import { projectRoot } from "../../core/projectRoot.ts";
import type { Aggregate } from "../../core/records/lineage.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Candidate } from "../fit/candidateFeatures.ts";
import type { Fitted } from "../fit/fitCandidate.ts";
import type { Split, TrainingData } from "../fit/splitRows.ts";

/** Threads can only run compiled code; tests run the sources, with the build next to them. */
export const searchThread = new URL("dist/app/trialWorker.js", projectRoot);

/** Does tasks of one work; each is given to a thread, or waits for one. */
export interface Pool<Task, Result> {
  run(task: Task): Promise<Result>;
  /** Ends the threads, even if they are busy. */
  close(): Promise<void>;
}

/**
 * `run` throws MlctlError, kind "failure", if a thread failed; the signal's reason if the search was aborted.
 * @param work sent to each thread once
 */
export function trialPool(
  work: TrialWork,
  options: { workers: number; signal: AbortSignal },
): Pool<TrialTask, TrialResult> {
  const { workers, signal } = options;
  const pool = new Piscina({
    filename: searchThread.href,
    workerData: work,
    minThreads: workers,
    maxThreads: workers,
    // A thread that waits in Atomics.wait could only be terminated by force.
    atomics: "disabled",
  });
  // A thread in a native library ends when its round of trees is grown; a stopped search does not wait for it.
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  const stop = (): void => {
    ended.reject(signal.reason);
    void endThreads(() => pool.destroy());
  };
  signal.addEventListener("abort", stop, { once: true });
  return {
    async run(task) {
      signal.throwIfAborted();
      try {
        return (await Promise.race([pool.run(task), ended.promise])) as TrialResult;
      } catch (error) {
        signal.throwIfAborted();
        const hint = "try --workers 1, or report this with the data and configuration";
        throw new MlctlError("failure", `a search thread failed: ${messageOf(error)}`, { cause: error, hint });
      }
    },
    async close() {
      signal.removeEventListener("abort", stop);
      if (!signal.aborted) await endThreads(() => pool.destroy());
    },
  };
}

/** Sent to each thread once. */
export interface TrialWork {
  readonly data: TrainingData;
  readonly subjects: readonly TrialSubject[];
}

/** Subject of one search: a candidate without the parameters to search, and its folds. */
export interface TrialSubject {
  readonly candidate: Candidate;
  readonly folds: readonly Split[];
  readonly aggregate: Aggregate;
  /**
   * Rows on which a fit that stops early finds its length for all folds, as that of a model that is fitted again does; null:
   * each fold finds its own.
   */
  readonly stopOn: Int32Array | null;
}

/** Points that share one fit on one fold. */
export interface TrialTask {
  /** Position in TrialWork.subjects. */
  readonly subject: number;
  /** Null: the rows of `stopOn`. */
  readonly fold: number | null;
  /** All parameters of the point with the longest fit, including those that are not searched. */
  readonly params: JsonObject;
  /** Value of the family's `stages` parameter for each point; null if the family has none or for a single point. */
  readonly stages: readonly number[] | null;
}

interface Failed {
  readonly error: { readonly kind: ErrorKind; readonly message: string; readonly hint: string | undefined };
}

/** Predictions: one per point for the validation rows of the fold, as Predictor.predict, or without a fold `params`. */
export type TrialResult =
  { readonly predictions: readonly Float64Array[]; readonly params?: JsonObject; readonly seconds: number } | Failed;

/** Of a FitTask. */
export type FitResult = { readonly fitted: Fitted; readonly seconds: number } | Failed;

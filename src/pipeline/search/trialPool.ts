/** Thread pool of a search (piscina). */
import { Piscina } from "piscina";
import { messageOf, MlctlError } from "../../core/errors.ts";
import { endThreads } from "../../core/nativeOpening.ts";
import type { TrialResult, TrialTask, TrialWork } from "./trialTask.ts";
import { projectRoot } from "../../core/projectRoot.ts";

/** Threads can only run compiled code; tests run the sources, with the build next to them. */
export const searchThread = new URL("dist/app/trialWorker.js", projectRoot);

export interface TrialPool {
  /** @throws {MlctlError} kind "failure" if a thread failed; the signal's reason if the search was aborted */
  run(task: TrialTask): Promise<TrialResult>;
  /** Terminates the threads, even if they are busy. */
  close(): Promise<void>;
}

/** @param work sent to each thread once */
export function trialPool(work: TrialWork, options: { workers: number; signal: AbortSignal }): TrialPool {
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
        throw new MlctlError("failure", `a search thread failed: ${messageOf(error)}`, {
          cause: error,
          hint: "try --workers 1, or report this with the data and configuration",
        });
      }
    },
    async close() {
      signal.removeEventListener("abort", stop);
      if (!signal.aborted) await endThreads(() => pool.destroy());
    },
  };
}

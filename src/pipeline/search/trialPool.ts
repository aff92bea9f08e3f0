/** The threads of a search: piscina hands each task to the next that is free. */
import { Piscina } from "piscina";
import { MlctlError } from "../../core/errors.ts";
import { endThreads } from "../../core/nativeOpening.ts";
import type { TrialAnswer, TrialTask, TrialWork } from "./trialTask.ts";
import { projectRoot } from "../../core/projectRoot.ts";

/** Only compiled code runs in a thread; tests run the sources, with the build beside them. */
const workerUrl = new URL("dist/pipeline/search/trialWorker.js", projectRoot);

export interface TrialPool {
  /** @throws {MlctlError} kind "failure" where a thread broke; the signal's reason where it was called off */
  answer(task: TrialTask): Promise<TrialAnswer>;
  /** Ends the threads, whatever they do. */
  close(): Promise<void>;
}

/** @param work goes over to each thread once */
export function trialPool(work: TrialWork, options: { workers: number; signal: AbortSignal }): TrialPool {
  const { workers, signal } = options;
  const pool = new Piscina({
    filename: workerUrl.href,
    workerData: work,
    minThreads: workers,
    maxThreads: workers,
    // A thread that waits in Atomics.wait cannot be told to end by anything but force.
    atomics: "disabled",
  });
  const stop = (): void => void endThreads(() => pool.destroy());
  signal.addEventListener("abort", stop, { once: true });
  return {
    async answer(task) {
      signal.throwIfAborted();
      try {
        return (await pool.run(task)) as TrialAnswer;
      } catch (error) {
        signal.throwIfAborted();
        const reason = error instanceof Error ? error.message : String(error);
        throw new MlctlError("failure", `a thread of the search failed: ${reason}`, {
          cause: error,
          hint: "give it fewer threads with --workers 1, or report this with the data and configuration",
        });
      }
    },
    async close() {
      signal.removeEventListener("abort", stop);
      await endThreads(() => pool.destroy());
    },
  };
}

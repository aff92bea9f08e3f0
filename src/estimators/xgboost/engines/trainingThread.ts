/** The training threads of an engine: each fits one model at a time, is reused, and ends when a fit is aborted. */
import { availableParallelism } from "node:os";
import { isMainThread } from "node:worker_threads";
import { MlctlError } from "../../../core/errors.ts";
import { gigabytes, memoryLimit, outOfMemory } from "../../../core/memoryLimit.ts";
import { nativeCall } from "../../../core/nativeCalls.ts";
import { workerThread } from "../../../core/workerThread.ts";
import { UNDEFINED } from "../train/roundMetrics.ts";
import { openTrainer, type Trainer } from "./trainer.ts";
import { keepsBins, type TrainingJob, type TrainingReply } from "./engine.ts";

/** WebAssembly memory never shrinks: a thread that has grown beyond this is not reused. */
const KEPT_MEMORY_BYTES = 256 * 1024 * 1024;

/** Size of what the library makes of the values, in copies of them: its matrix has an index with each, and their bins. */
const LIBRARY_COPIES = 3;
/** The same where it keeps only the bins. */
const COPIES_OF_BINS = 1;
const MEMORY_HINT = "train on fewer rows or features, or raise limits.memory in config.json";

export interface TrainingHooks {
  readonly signal?: AbortSignal;
  readonly onProgress?: (share: number) => void;
  /** It takes all cores by itself, so another thread would not help. */
  readonly isOnAllCores?: boolean;
  /** Hint for an error with this reason. */
  readonly hint: (reason: string) => string;
}

interface Train {
  (makeJob: () => TrainingJob, hooks: TrainingHooks): Promise<Uint8Array>;
  /** Starts the thread before the first fit, because starting takes as long as training a small model. */
  prepare(): void;
}

/**
 * Called from a worker thread, training runs directly in that thread, on one core.
 * @returns a function that trains in the thread of `engine` and returns the model as its XGBoost saves it
 */
export function trainingThread(engine: string): Train {
  return isMainThread ? inOwnThreads(engine) : inThisThread(engine);
}

function inThisThread(engine: string): Train {
  let opening: Promise<Trainer> | undefined;
  const train = async (
    makeJob: () => TrainingJob,
    { onProgress = () => {}, ...hooks }: TrainingHooks,
  ): Promise<Uint8Array> => {
    const trainer = await (opening ??= openTrainer(engine));
    const job = makeJob();
    // Nested threads would only wait for each other; the number of threads does not change the trees.
    const params = { ...job.params, nthread: "1" };
    try {
      return trainer.train({ ...job, params }, onProgress);
    } catch (error) {
      opening = undefined;
      throw failure(trainer.reason(error), { ...hooks, engine }, error);
    }
  };
  return Object.assign(train, { prepare: () => {} });
}

/** The folds of small data are fitted at the same time, each in a thread of its own. */
function inOwnThreads(engine: string): Train {
  const lanes = [lane(engine)];
  const train = (makeJob: () => TrainingJob, hooks: TrainingHooks): Promise<Uint8Array> => {
    const waiting = lanes.toSorted((a, b) => a.queued() - b.queued())[0]!;
    const isFull = waiting.queued() === 0 || hooks.isOnAllCores === true || lanes.length >= availableParallelism();
    if (isFull) return waiting.train(makeJob, hooks);
    const next = lane(engine);
    lanes.push(next);
    return next.train(makeJob, hooks);
  };
  return Object.assign(train, { prepare: lanes[0]!.start });
}

/** One thread, which fits one model after the other. */
function lane(engine: string) {
  const thread = workerThread<TrainingJob, TrainingReply>({
    file: "dist/app/worker.js",
    exited: "its thread exited",
    workerData: engine,
  });
  const abort = (): void => void thread.end();
  let lastFit: Promise<unknown> = Promise.resolve();
  let queued = 0;

  const run = async (makeJob: () => TrainingJob, { signal, onProgress, hint }: TrainingHooks): Promise<Uint8Array> => {
    signal?.throwIfAborted();
    const job = makeJob(); // created as late as possible: it is as large as the data
    const needed =
      process.memoryUsage.rss() + (keepsBins(job) ? COPIES_OF_BINS : LIBRARY_COPIES) * job.values.byteLength;
    if (needed > memoryLimit().bytes)
      throw outOfMemory(`training needs about ${gigabytes(needed)}`, { hint: MEMORY_HINT });
    const weights = job.weights === null ? [] : [job.weights.buffer];
    signal?.addEventListener("abort", abort);
    let isReusable = false;
    try {
      const transfer = [job.values.buffer, job.labels.buffer, ...weights];
      const request = () => thread.request(job, { transfer, onProgress });
      const reply = await nativeCall(request, { interrupt: abort }).catch((cause: unknown): TrainingReply => {
        if (cause instanceof MlctlError) throw cause;
        return { error: String(cause), cause };
      });
      signal?.throwIfAborted();
      if ("error" in reply) throw failure(reply.error, { engine, hint }, reply.cause);
      isReusable = reply.memoryBytes <= KEPT_MEMORY_BYTES;
      return reply.bytes;
    } finally {
      signal?.removeEventListener("abort", abort);
      if (!isReusable) {
        const ended = thread.end();
        if (signal?.aborted !== true) await ended;
      }
    }
  };

  const train = (makeJob: () => TrainingJob, hooks: TrainingHooks): Promise<Uint8Array> => {
    queued++;
    const fit = lastFit.then(() => run(makeJob, hooks)).finally(() => queued--);
    lastFit = fit.catch(() => undefined); // the next fit waits for this one, even if it fails
    return fit;
  };
  return { train, start: thread.start, queued: () => queued };
}

function failure(
  reason: string,
  { engine, hint }: Pick<TrainingHooks, "hint"> & { readonly engine: string },
  cause?: unknown,
): MlctlError {
  if (reason.endsWith(UNDEFINED)) {
    return new MlctlError("data", `xgboost: ${reason}`, {
      hint: 'set "eval_metric" to another metric, or "early_stopping_rounds" to null',
    });
  }
  return new MlctlError("failure", `xgboost (${engine}) failed: ${reason}`, { cause, hint: hint(reason) });
}

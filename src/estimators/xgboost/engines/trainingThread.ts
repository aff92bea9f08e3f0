/** The training thread of an engine: one fit at a time, reused for the next fit, terminated when a fit is aborted. */
import { isMainThread, Worker } from "node:worker_threads";
import { MlctlError } from "../../../core/errors.ts";
import { endThreads } from "../../../core/nativeOpening.ts";
import { openTrainer, type Trainer } from "./trainer.ts";
import type { TrainingJob, WorkerMessage } from "./trainingJob.ts";
import { projectRoot } from "../../../core/projectRoot.ts";

/** WebAssembly memory never shrinks: a thread that has grown beyond this is not reused. */
const KEPT_MEMORY_BYTES = 256 * 1024 * 1024;

/** Threads can only run compiled code; tests run the sources, with the build next to them. */
const workerUrl = new URL("dist/estimators/xgboost/engines/worker.js", projectRoot);

export interface TrainingHooks {
  readonly signal?: AbortSignal;
  readonly onProgress?: (share: number) => void;
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
  return isMainThread ? inOwnThread(engine) : inThisThread(engine);
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
    const params = job.params.map(([name, value]) => [name, name === "nthread" ? "1" : value] as const);
    try {
      return trainer.train({ ...job, params }, onProgress);
    } catch (error) {
      opening = undefined;
      throw failure(trainer.reason(error), { ...hooks, engine }, error);
    }
  };
  return Object.assign(train, { prepare: () => {} });
}

function inOwnThread(engine: string): Train {
  let idleWorker: Worker | null = null;
  let lastFit: Promise<unknown> = Promise.resolve();
  let isStarted = false;

  const start = (): Worker => {
    isStarted = true;
    // Its streams are not piped to ours, so that nothing it prints reaches our stdout.
    const worker = new Worker(workerUrl, { stdout: true, stderr: true, workerData: engine });
    worker.on("exit", () => {
      if (idleWorker === worker) idleWorker = null;
    });
    return worker;
  };

  const run = async (makeJob: () => TrainingJob, hooks: TrainingHooks): Promise<Uint8Array> => {
    hooks.signal?.throwIfAborted();
    const job = makeJob(); // created as late as possible: it is as large as the data
    const worker = idleWorker ?? start();
    idleWorker = null;
    worker.ref();
    let isReusable = false;
    try {
      const { bytes, memoryBytes } = await runJob(worker, job, { ...hooks, engine });
      isReusable = memoryBytes <= KEPT_MEMORY_BYTES;
      return bytes;
    } finally {
      worker.unref();
      if (isReusable) idleWorker = worker;
      else await endThreads(() => worker.terminate());
    }
  };

  const train = (makeJob: () => TrainingJob, hooks: TrainingHooks): Promise<Uint8Array> => {
    const fit = lastFit.then(() => run(makeJob, hooks));
    lastFit = fit.catch(() => undefined); // the next fit waits for this one, even if it fails
    return fit;
  };
  const prepare = (): void => {
    if (isStarted) return;
    const worker = start();
    worker.unref();
    // The fit then starts another thread and reports its error.
    worker.on("error", () => {
      if (idleWorker === worker) idleWorker = null;
    });
    idleWorker = worker;
  };
  return Object.assign(train, { prepare });
}

type ModelMessage = Extract<WorkerMessage, { type: "model" }>;

interface JobOptions extends TrainingHooks {
  readonly engine: string;
}

function runJob(worker: Worker, job: TrainingJob, options: JobOptions): Promise<ModelMessage> {
  const { signal, onProgress } = options;
  const { promise, resolve, reject } = Promise.withResolvers<ModelMessage>();
  const abort = (): void => reject(signal?.reason);
  const fail = (cause: unknown): void => reject(failure(String(cause), options, cause));
  const exit = (code: number): void => reject(failure(`its thread exited with code ${code}`, options));
  const settle = (message: WorkerMessage): void => {
    if (message.type === "progress") onProgress?.(message.share);
    else if (message.type === "model") resolve(message);
    else reject(failure(message.message, options));
  };
  signal?.addEventListener("abort", abort);
  worker.on("error", fail).on("exit", exit).on("message", settle);
  const weights = job.weights === null ? [] : [job.weights.buffer];
  worker.postMessage(job, [job.values.buffer, job.labels.buffer, ...weights]);
  return promise.finally(() => {
    signal?.removeEventListener("abort", abort);
    // Not removeAllListeners: that also removes Node's own listeners, and no further message arrives.
    worker.off("error", fail).off("exit", exit).off("message", settle);
  });
}

function failure(reason: string, { engine, hint }: JobOptions, cause?: unknown): MlctlError {
  return new MlctlError("failure", `xgboost (${engine}) failed: ${reason}`, { cause, hint: hint(reason) });
}

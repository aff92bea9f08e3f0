/** Engine "wasm": the XGBoost 0.7 of ml-xgboost, in a thread of its own that is kept for the next fit. */
import { Worker } from "node:worker_threads";
import { MlctlError } from "../../core/errors.ts";
import type { Engine, TrainingRequest } from "./engine.ts";
import type { TreeEnsemble } from "./ensemble.ts";
import { hideMissing, revealMissing } from "./missingAsMinusOne.ts";
import { parseModel } from "./parseModel.ts";
import type { TrainingJob } from "./trainInMemory.ts";
import type { WorkerMessage } from "./worker.ts";

/** WebAssembly memory never shrinks: a thread that has grown beyond this is not kept. */
const KEPT_MEMORY_BYTES = 256 * 1024 * 1024;

/** Only compiled code runs in a thread; tests run the sources, with the build beside them. */
const workerUrl = import.meta.url.endsWith(".ts")
  ? new URL("../../../dist/estimators/xgboost/worker.js", import.meta.url)
  : new URL("./worker.js", import.meta.url);

let idleWorker: Worker | null = null;
let lastFit: Promise<unknown> = Promise.resolve();

export const wasmEngine = {
  name: "wasm",
  async fit(request: TrainingRequest): Promise<TreeEnsemble> {
    if (request.sampleWeight !== undefined) {
      throw new MlctlError("usage", "the wasm engine of xgboost takes no sample weights", {
        hint: "for two classes, scale_pos_weight weighs the positive one",
      });
    }
    const ensemble = parseModel(await trainBinary(request));
    return { ...ensemble, trees: ensemble.trees.map(revealMissing) };
  },
} satisfies Engine;

/** XGBoost's binary model, thresholds still hiding −1. One fit at a time: two would only share the cores. */
export async function trainBinary(request: TrainingRequest): Promise<Uint8Array> {
  const fit = lastFit.then(() => runJob(request));
  lastFit = fit.catch(() => undefined); // the next fit waits for the end of this one, good or bad
  return fit;
}

async function runJob(request: TrainingRequest): Promise<Uint8Array> {
  request.signal?.throwIfAborted();
  const worker = idleWorker ?? startWorker();
  idleWorker = null;
  worker.ref();
  let isReusable = false;
  try {
    const { bytes, memoryBytes } = await answer(worker, request);
    isReusable = memoryBytes <= KEPT_MEMORY_BYTES;
    return bytes;
  } finally {
    worker.unref();
    if (isReusable) idleWorker = worker;
    else await worker.terminate();
  }
}

function startWorker(): Worker {
  // Its streams are not piped to ours: should anything be printed after all, stdout stays clean.
  const worker = new Worker(workerUrl, { stdout: true, stderr: true });
  worker.on("exit", () => {
    if (idleWorker === worker) idleWorker = null;
  });
  return worker;
}

type ModelMessage = Extract<WorkerMessage, { type: "model" }>;

function answer(worker: Worker, request: TrainingRequest): Promise<ModelMessage> {
  const { signal, onProgress } = request;
  const { promise, resolve, reject } = deferred<ModelMessage>();
  const abort = (): void => reject(signal?.reason);
  const fail = (cause: unknown): void => reject(failure(String(cause), cause));
  const exit = (code: number): void => reject(failure(`its thread ended with code ${code}`));
  const settle = (message: WorkerMessage): void => {
    if (message.type === "progress") onProgress?.(message.share);
    else if (message.type === "model") resolve(message);
    else reject(failure(message.message));
  };
  signal?.addEventListener("abort", abort);
  worker.on("error", fail).on("exit", exit).on("message", settle);
  const job = trainingJob(request);
  worker.postMessage(job, [job.values.buffer, job.labels.buffer]);
  return promise.finally(() => {
    signal?.removeEventListener("abort", abort);
    // Not removeAllListeners: it takes Node's own with it, and the thread is never heard again.
    worker.off("error", fail).off("exit", exit).off("message", settle);
  });
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

function deferred<T>(): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((onValue, onReason) => {
    resolve = onValue;
    reject = onReason;
  });
  return { promise, resolve, reject };
}

function failure(reason: string, cause?: unknown): MlctlError {
  const hint = /memory|alloc/i.test(reason)
    ? "WebAssembly holds 2 GB: train on fewer rows or features"
    : "the parameters were checked: please report this with the data and configuration";
  return new MlctlError("failure", `xgboost (wasm) failed: ${reason}`, { cause, hint });
}

function trainingJob({ X, y, objective, classCount, params, seed }: TrainingRequest): TrainingJob {
  const { n_estimators: rounds, ...rest } = params;
  const settings: [string, string][] = [
    ["silent", "1"],
    ["nthread", "1"],
    ["objective", objective === "reg:squarederror" ? "reg:linear" : objective], // its name before XGBoost 0.83
    ["seed", String(seed)],
  ];
  if (objective === "multi:softprob") settings.push(["num_class", String(classCount)]);
  // What max_bin is to the others, the inverse of sketch_eps was to "approx".
  if (rest.tree_method === "approx") settings.push(["sketch_eps", String(1 / Number(rest.max_bin))]);
  for (const [name, value] of Object.entries(rest)) settings.push([name, String(value)]);
  const values = hideMissing(X.values);
  // "hist" aborts where there is nothing to put into bins.
  if (values.every((value) => value === -1)) settings.push(["tree_method", "exact"]);
  return {
    rowCount: X.rowCount,
    columnCount: X.columnNames.length,
    values,
    labels: new Float32Array(y),
    params: settings,
    rounds: Number(rounds),
  };
}

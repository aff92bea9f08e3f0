/** Trains one model inside the WebAssembly memory of ml-xgboost; blocks the thread, so it runs in worker.ts. */
import xgboost from "ml-xgboost/dist/wasm/xgboost.js";
import { roundMetric, watchRounds } from "../../train/roundMetrics.ts";
import { parseModel } from "../../formats/treeFormat.ts";
import { linkMargins, treePredictor } from "../../predict/treePredictor.ts";
import { PROGRESS_STEPS, type TrainingJob, type WatchJob } from "../engine.ts";

/** Minimum number of rounds between two evaluations for early stopping. */
const FEWEST_ROUNDS = 10;

const {
  _malloc: allocate,
  _free: free,
  _create_model: createModel,
  _train_full_model: trainRounds,
  _save_model: saveModel,
  _get_file_content: copySavedModel,
  _free_memory_model: freeModel,
} = xgboost;
const setParam = xgboost.cwrap("set_param", null, ["number", "string", "string"]);

/**
 * This build of XGBoost treats −1 as missing and rejects NaN. The matrix is put on the heap, because the package's own
 * wrapper puts it on a stack of 5 MiB.
 * @returns XGBoost's binary model; if the job has evaluation rows, the best round as JSON
 * @throws a string or a number, as the WebAssembly build does; the instance is unusable afterwards
 */
export function trainInMemory(job: TrainingJob, onProgress: (share: number) => void): Uint8Array<ArrayBuffer> {
  const values = toHeap(job.values);
  const labels = toHeap(job.labels);
  const model = createModel(values, labels, job.rowCount, job.columnCount); // copies both
  free(values);
  free(labels);
  for (const [name, value] of Object.entries(job.params)) setParam(model, name, value);
  const watcher = job.watch && watch(model, job, job.watch);
  // Evaluation saves the model with all of its trees, which is too slow after every round.
  const step =
    watcher === undefined ? Math.ceil(job.rounds / PROGRESS_STEPS) : Math.max(FEWEST_ROUNDS, job.watch!.patience);
  for (let done = 0; done < job.rounds; done += step) {
    trainRounds(model, Math.min(step, job.rounds - done));
    onProgress(Math.min(1, (done + step) / job.rounds));
    if (watcher?.shouldContinue() === false) break;
  }
  const bytes = watcher === undefined ? saved(model) : new TextEncoder().encode(JSON.stringify(watcher.best()));
  freeModel(model);
  return bytes;
}

/** This build has no evaluation: reads the new trees and predicts with our own predictor; each tree is evaluated once. */
function watch(model: number, { columnCount }: TrainingJob, job: WatchJob) {
  const { rowCount, labels, weights, metric, treesPerRound } = job;
  const columnNames = Array.from({ length: columnCount }, (_, column) => `f${column}`);
  const X = { rowCount, columnNames, values: Float64Array.from(job.values) };
  const rounds = watchRounds(metric, job.patience);
  let margins: Float32Array | null = null;
  let done = 0;
  return {
    best: rounds.best,
    shouldContinue(): boolean {
      const { trees, ...ensemble } = parseModel(saved(model));
      margins ??= new Float32Array(rowCount * ensemble.outputCount).fill(ensemble.baseMargin);
      for (; done < trees.length; done += treesPerRound) {
        const added = trees.slice(done, done + treesPerRound);
        const sums = treePredictor({ ...ensemble, baseMargin: 0, trees: added }).margins(X);
        for (let i = 0; i < sums.length; i++) margins[i]! += sums[i]!;
        const predictions = linkMargins(ensemble, margins);
        if (!rounds.record(roundMetric(metric, predictions, { ...job, y: labels, weights }))) return false;
      }
      return true;
    },
  };
}

function toHeap(values: Float32Array): number {
  const address = allocate(values.byteLength);
  xgboost.HEAPF32.set(values, address / Float32Array.BYTES_PER_ELEMENT);
  return address;
}

function saved(model: number): Uint8Array<ArrayBuffer> {
  const size = saveModel(model);
  if (size < 0) throw new Error("the model could not be saved");
  const address = allocate(size);
  copySavedModel(address, size);
  const bytes = xgboost.HEAPU8.slice(address, address + size) as Uint8Array<ArrayBuffer>;
  free(address);
  return bytes;
}

/** Resolves when the module can train. XGBoost's output goes to `print`, never to a stream. */
export async function ready(print: (line: string) => void): Promise<void> {
  xgboost.print = print; // set before it is ready, because startup prints too
  xgboost.printErr = print;
  await xgboost.isReady;
  // The package adds a listener that would turn any crash of the program into exit code 7.
  process.removeAllListeners("uncaughtException");
}

/** Size of the WebAssembly memory, which never shrinks. */
export function memoryBytes(): number {
  return xgboost.HEAPU8.byteLength;
}

/** Entry of the thread that trains: jobs in, progress and models out. */
import { parentPort } from "node:worker_threads";
import { memoryBytes, ready, trainInMemory } from "./trainInMemory.ts";
import type { TrainingJob } from "./trainInMemory.ts";

/** What the thread tells. After "error" it has to be replaced: the WebAssembly instance is broken. */
export type WorkerMessage =
  | { readonly type: "progress"; readonly share: number }
  | { readonly type: "model"; readonly bytes: Uint8Array; readonly memoryBytes: number }
  | { readonly type: "error"; readonly message: string };

/** Lines of XGBoost's output kept for the error message. */
const KEPT_LINES = 20;

const printed: string[] = [];

function tell(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

function remember(line: string): void {
  printed.push(line);
  if (printed.length > KEPT_LINES) printed.shift();
}

function run(job: TrainingJob): void {
  try {
    const bytes = trainInMemory(job, (share) => tell({ type: "progress", share }));
    tell({ type: "model", bytes, memoryBytes: memoryBytes() }, [bytes.buffer]);
  } catch (error) {
    // XGBoost says why in what it prints ("Check failed: …"); what is thrown is often just an address.
    const reason = printed.findLast((line) => line.includes("Check failed")) ?? String(error);
    tell({ type: "error", message: reason });
  }
}

await ready(remember);
parentPort?.on("message", run);

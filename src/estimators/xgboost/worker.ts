/** Entry of the thread that trains: jobs in, progress and models out. */
import { parentPort, workerData } from "node:worker_threads";
import type { TrainingJob, WorkerMessage } from "./trainingJob.ts";

/** What an engine brings to the thread. */
interface Trainer {
  train(job: TrainingJob, onProgress: (share: number) => void): Uint8Array<ArrayBuffer>;
  /** Why training failed, better than what was thrown. */
  reason(error: unknown): string;
  /** Memory that the thread keeps between jobs. */
  memoryBytes(): number;
}

/** Lines of XGBoost's output kept for the error message. */
const KEPT_LINES = 20;

function tell(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

async function webAssembly(): Promise<Trainer> {
  const { memoryBytes, ready, trainInMemory } = await import("./trainInMemory.ts");
  const printed: string[] = [];
  await ready((line) => {
    printed.push(line);
    if (printed.length > KEPT_LINES) printed.shift();
  });
  // XGBoost says why in what it prints ("Check failed: …"); what is thrown is often just an address.
  const reason = (error: unknown): string => printed.findLast((line) => line.includes("Check failed")) ?? String(error);
  return { train: trainInMemory, reason, memoryBytes };
}

async function native(): Promise<Trainer> {
  const { trainNative } = await import("./trainNative.ts");
  return { train: trainNative, reason: messageOf, memoryBytes: () => 0 };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const trainer = await (workerData === "native" ? native() : webAssembly());
parentPort?.on("message", (job: TrainingJob) => {
  try {
    const bytes = trainer.train(job, (share) => tell({ type: "progress", share }));
    tell({ type: "model", bytes, memoryBytes: trainer.memoryBytes() }, [bytes.buffer]);
  } catch (error) {
    tell({ type: "error", message: trainer.reason(error) });
  }
});

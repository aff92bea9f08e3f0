/** Entry point of the training thread: receives jobs, posts progress and models. */
import { parentPort, workerData } from "node:worker_threads";
import { openTrainer } from "./trainer.ts";
import type { TrainingJob, WorkerMessage } from "./trainingJob.ts";

function post(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

// Not awaited: V8 aborts the process if a thread is terminated during a top-level await.
const opening = openTrainer(workerData as string);
parentPort?.on("message", async (job: TrainingJob) => {
  const trainer = await opening;
  try {
    const bytes = trainer.train(job, (share) => post({ type: "progress", share }));
    post({ type: "model", bytes, memoryBytes: trainer.memoryBytes() }, [bytes.buffer]);
  } catch (error) {
    post({ type: "error", message: trainer.reason(error) });
  }
});

/** Entry of the thread that trains: jobs in, progress and models out. */
import { parentPort, workerData } from "node:worker_threads";
import { openTrainer } from "./trainer.ts";
import type { TrainingJob, WorkerMessage } from "./trainingJob.ts";

function tell(message: WorkerMessage, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

// Not awaited: V8 aborts the whole process where a thread is ended while a module of it awaits at its top.
const opening = openTrainer(workerData as string);
parentPort?.on("message", async (job: TrainingJob) => {
  const trainer = await opening;
  try {
    const bytes = trainer.train(job, (share) => tell({ type: "progress", share }));
    tell({ type: "model", bytes, memoryBytes: trainer.memoryBytes() }, [bytes.buffer]);
  } catch (error) {
    tell({ type: "error", message: trainer.reason(error) });
  }
});

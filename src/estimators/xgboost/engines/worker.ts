/** Entry point of the training thread. */
import { workerData } from "node:worker_threads";
import { replyToRequests } from "../../../core/workerThread.ts";
import { openTrainer } from "./trainer.ts";
import type { TrainingJob, TrainingReply } from "./engine.ts";

// Not awaited: V8 aborts the process if a thread is terminated during a top-level await.
const opening = openTrainer(workerData as string);
replyToRequests<TrainingJob, TrainingReply>(
  async (job, onProgress) => {
    const trainer = await opening;
    try {
      return { bytes: trainer.train(job, onProgress), memoryBytes: trainer.memoryBytes() };
    } catch (error) {
      return { error: trainer.reason(error) };
    }
  },
  (reply) => ("bytes" in reply ? [reply.bytes.buffer] : []),
);

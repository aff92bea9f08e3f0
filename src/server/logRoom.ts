/** Lets a stream wait for the prediction log, which drops what comes faster than the disk takes it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { PredictionLog } from "../core/predictionLog.ts";

/** Rows that may wait: enough to keep the writer busy, and far below any useful `serve.log.queue_rows`. */
const MOST_QUEUED = 20_000;
const WAIT_MS = 10;

/** A disk that takes nothing for so long must not hold up answers: from then on rows are dropped, and counted. */
const LONGEST_WAITS = 300;

/** Resolves when the log has room, or cannot write at all. */
export async function logRoom(log: PredictionLog, queueRows: number): Promise<void> {
  const most = Math.min(MOST_QUEUED, queueRows / 2);
  for (let waits = 0; waits < LONGEST_WAITS; waits++) {
    const { queued, lastError } = log.stats();
    if (queued <= most || lastError !== null) return;
    await sleep(WAIT_MS);
  }
}

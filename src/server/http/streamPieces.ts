/** The pieces of a streamed body, taken no faster than they are used, until it stands still. */
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { BodyReader } from "./bodyReader.ts";
import { HttpProblem } from "./problem.ts";
import type { PredictionLog } from "../../core/records/predictionLog.ts";

/** @throws {HttpProblem} 408 where nothing comes for too long, 400 where the caller hangs up */
export async function* streamPieces(request: IncomingMessage, bodies: BodyReader): AsyncGenerator<Buffer> {
  const pieces = (request as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let waiting = false;
  let fail!: (problem: HttpProblem) => void;
  const stalled = new Promise<never>((_, reject) => (fail = reject));
  stalled.catch(() => {
    // Seen by whoever waits for the next piece, if anyone does.
  });
  // Where we do not wait for the caller, the caller does not take our answer.
  const watched = bodies.watch((problem) => (waiting ? fail(problem) : request.destroy()));
  try {
    for (;;) {
      waiting = true;
      const next = await Promise.race([pieces.next(), stalled]);
      waiting = false;
      if (next.done === true) return;
      watched.alive();
      yield next.value;
      watched.alive();
    }
  } catch (error) {
    if (error instanceof HttpProblem) throw error;
    throw new HttpProblem("bad-request", "the body ended before its end", { cause: error });
  } finally {
    watched.done();
  }
}

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

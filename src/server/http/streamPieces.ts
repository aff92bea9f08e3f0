/** The pieces of a streamed body with backpressure; a stream that stalls is ended. */
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { BodyReader } from "./bodyReader.ts";
import { HttpProblem } from "./problem.ts";
import type { PredictionLog } from "../../core/records/predictionLog.ts";

/** @throws {HttpProblem} 408 if nothing arrives for too long, 400 if the client closes the connection */
export async function* streamPieces(request: IncomingMessage, bodies: BodyReader): AsyncGenerator<Buffer> {
  const pieces = (request as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let waiting = false;
  let fail!: (problem: HttpProblem) => void;
  const stalled = new Promise<never>((_, reject) => (fail = reject));
  stalled.catch(() => {
    // Avoids an unhandled rejection: the race below reports it if it is waiting.
  });
  // If this side is not waiting for the client, the client is not reading the response: close the connection.
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
    throw new HttpProblem("bad-request", "the body is incomplete", { cause: error });
  } finally {
    watched.done();
  }
}

/** Maximum number of queued rows: enough to keep the writer busy, and far below any useful `serve.log.queue_rows`. */
const MAX_QUEUED = 20_000;
const WAIT_MS = 10;

/** After 3 s, a disk that does not accept rows no longer delays responses: rows are dropped and counted. */
const MAX_WAITS = 300;

/** Resolves when the prediction log has room, or cannot write at all. */
export async function logRoom(log: PredictionLog, queueRows: number): Promise<void> {
  const limit = Math.min(MAX_QUEUED, queueRows / 2);
  for (let waits = 0; waits < MAX_WAITS; waits++) {
    const { queued, lastError } = log.stats();
    if (queued <= limit || lastError !== null) return;
    await sleep(WAIT_MS);
  }
}

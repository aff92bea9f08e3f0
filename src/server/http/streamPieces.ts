/** The pieces of a streamed body with backpressure; a stream that arrives too slowly is ended. */
import { setTimeout as sleep } from "node:timers/promises";
import type { BodyReader } from "./bodyReader.ts";
import { senderOf, type Request } from "./http.ts";
import { HttpProblem } from "./problem.ts";
import type { PredictionLog } from "../../core/records/predictionLog.ts";

/** @throws {HttpProblem} 408 if it arrives too slowly, 429 or 503 if there are too many, 400 if the client closes the connection */
export async function* streamPieces(request: Request, bodies: BodyReader): AsyncGenerator<Buffer> {
  const pieces = (request.raw as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  const { promise: ended, reject: fail } = Promise.withResolvers<never>();
  ended.catch(() => {
    // Avoids an unhandled rejection: the race below reports it.
  });
  const watched = bodies.watch(senderOf(request), fail);
  try {
    for (;;) {
      watched.waits();
      const next = await Promise.race([pieces.next(), ended]);
      if (next.done === true) return;
      watched.received(next.value.length);
      yield next.value;
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

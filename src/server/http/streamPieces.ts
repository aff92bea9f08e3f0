/**
 * The pieces of a streamed body with backpressure; a stream that arrives too slowly is ended. While nobody takes pieces,
 * they are read ahead within limits: many clients send their whole body before they read, and would wait for ever.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { BodyReader } from "./bodyReader.ts";
import { senderOf, type Request } from "./http.ts";
import { emptyBody, HttpProblem } from "./problem.ts";
import type { PredictionLog } from "../../core/records/predictionLog.ts";

/** @throws {HttpProblem} 408 if it arrives too slowly, 429 or 503 if there are too many, 400 if the client closes the connection */
export async function* streamPieces(request: Request, bodies: BodyReader): AsyncGenerator<Buffer> {
  const pieces = (request.raw as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  const { promise: ended, reject: fail } = Promise.withResolvers<never>();
  // Avoids an unhandled rejection: the race below reports it.
  ended.catch(() => {});
  const ahead: Buffer[] = [];
  let isEmpty = true;
  let reading: Promise<boolean> | undefined;
  /** Reads a piece. @returns false at the end of the body */
  const read = (): Promise<boolean> =>
    (reading ??= pieces.next().then(({ done, value }) => {
      reading = undefined;
      if (done === true) return false;
      watched.arrived(value.length);
      ahead.push(value);
      return true;
    }));
  const readAhead = async (): Promise<void> => {
    // A piece is awaited already, or `reading` keeps an error for the loop below.
    if (reading !== undefined) return;
    while (watched.isStalled() && (await read().catch(() => false)));
  };
  const watched = bodies.watch(senderOf(request), fail, () => void readAhead());
  try {
    for (;;) {
      watched.waits();
      if (ahead.length === 0 && !(await Promise.race([read(), ended]))) {
        if (isEmpty) throw emptyBody();
        return;
      }
      isEmpty = false;
      const taken = ahead.splice(0).toReversed();
      for (let piece = taken.pop(); piece !== undefined; piece = taken.pop()) {
        watched.taken(piece.length);
        yield piece;
      }
    }
  } catch (error) {
    if (error instanceof HttpProblem) throw error;
    throw new HttpProblem("bad-request", "the body is incomplete", { cause: error });
  } finally {
    watched.done();
  }
}

const PAUSE = Buffer.alloc(0);

/**
 * Adds an empty piece where no other follows at once, at most `milliseconds` after a piece: the rows that have arrived
 * are predicted then, because the client may send more only after the response to them.
 */
export async function* withPauses(pieces: AsyncIterable<Buffer>, milliseconds: number): AsyncGenerator<Buffer> {
  const source = pieces[Symbol.asyncIterator]();
  const ended = new AbortController();
  let pause: Promise<null> | undefined;
  try {
    for (let next = source.next(); ;) {
      const found = await Promise.race(pause === undefined ? [next] : [next, pause]);
      if (found === null) {
        pause = undefined;
        yield PAUSE;
        continue;
      }
      if (found.done === true) return;
      yield found.value;
      pause ??= sleep(milliseconds, null, { signal: ended.signal }).catch(() => null);
      next = source.next();
    }
  } finally {
    ended.abort();
    await source.return?.();
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

/** The pieces of a streamed body, taken no faster than they are used, until it stands still. */
import type { IncomingMessage } from "node:http";
import type { BodyReader } from "./bodyReader.ts";
import { HttpProblem } from "./problem.ts";

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

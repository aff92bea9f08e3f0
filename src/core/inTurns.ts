/** Long work as a generator that yields after each piece: run at once, or in turns of the event loop that let signals in. */
import { setImmediate as nextTurn } from "node:timers/promises";

export type Work<T> = Generator<undefined, T>;

export async function inTurns<T>(work: Work<T>, signal: AbortSignal | undefined): Promise<T> {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    await nextTurn();
    signal?.throwIfAborted();
  }
}

export function atOnce<T>(work: Work<T>): T {
  let step = work.next();
  while (step.done !== true) step = work.next();
  return step.value;
}

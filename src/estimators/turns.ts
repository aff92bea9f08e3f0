/** Turns of the event loop during a long computation: between two of them signals arrive, and a fit can be stopped. */
import { setImmediate as nextTurn } from "node:timers/promises";

/** Multiplications per turn: some hundredths of a second. */
const WORK_PER_TURN = 3e7;

export interface Turns {
  /** Counts `work` multiplications; true if it is time for `next`. */
  isDue(work: number): boolean;
  /** @throws the reason of the abort signal */
  next(): Promise<void>;
}

export function turnsFor(signal: AbortSignal | undefined): Turns {
  let done = 0;
  return {
    isDue: (work) => (done += work) >= WORK_PER_TURN,
    async next() {
      done = 0;
      await nextTurn();
      signal?.throwIfAborted();
    },
  };
}

/**
 * Keeps threads alive while they open a native library: one that is ended in the middle of it takes the whole process
 * down (koffi aborts with "napi_throw": 3 of 500 commands that ended within 0.3 s of starting a thread).
 */
import { setTimeout as sleep } from "node:timers/promises";
import { getEnvironmentData, isMainThread, setEnvironmentData } from "node:worker_threads";

/** Under this name every thread gets the shared counters. */
const NAME = "mlctl:nativeOpening";
/** Threads that open a library now; callers that end threads now. */
const [OPENING, ENDING] = [0, 1];
/** A library that takes longer to open hangs, and holds up the end of the process no more. */
const LONGEST_MILLISECONDS = 5_000;

const counters = sharedCounters();

function sharedCounters(): Int32Array<SharedArrayBuffer> {
  const known = getEnvironmentData(NAME) as SharedArrayBuffer | undefined;
  const buffer = known ?? new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  const shared = new Int32Array(buffer);
  if (known === undefined) setEnvironmentData(NAME, buffer);
  if (isMainThread && known === undefined) process.once("exit", () => waitBlocked(shared));
  return shared;
}

/** Does what opens a native library; a thread first waits while others end threads. */
export async function openNative<T>(open: () => T | Promise<T>): Promise<T> {
  if (isMainThread) return open();
  enter();
  try {
    return await open();
  } finally {
    leave();
  }
}

/** The same for what opens at once. */
export function openNativeNow<T>(open: () => T): T {
  if (isMainThread) return open();
  enter();
  try {
    return open();
  } finally {
    leave();
  }
}

/** Does what ends threads, once none of them is opening a library. */
export async function endThreads<T>(end: () => Promise<T>): Promise<T> {
  Atomics.add(counters, ENDING, 1);
  try {
    while (Atomics.load(counters, OPENING) > 0) await sleep(1);
    return await end();
  } finally {
    Atomics.sub(counters, ENDING, 1);
    Atomics.notify(counters, ENDING);
  }
}

/** Either this thread sees that threads are being ended, or who ends them sees this thread: both counters are in order. */
function enter(): void {
  for (;;) {
    Atomics.add(counters, OPENING, 1);
    const ending = Atomics.load(counters, ENDING);
    if (ending === 0) return;
    leave();
    Atomics.wait(counters, ENDING, ending);
  }
}

function leave(): void {
  Atomics.sub(counters, OPENING, 1);
  Atomics.notify(counters, OPENING);
}

/** At the end of the process nothing can be awaited any more. */
function waitBlocked(shared: Int32Array<SharedArrayBuffer>): void {
  Atomics.add(shared, ENDING, 1);
  const latest = performance.now() + LONGEST_MILLISECONDS;
  for (let opening = Atomics.load(shared, OPENING); opening > 0; opening = Atomics.load(shared, OPENING)) {
    const left = latest - performance.now();
    if (left <= 0) return;
    Atomics.wait(shared, OPENING, opening, left);
  }
}

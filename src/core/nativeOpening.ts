/** Keeps threads alive while they load a native library: terminating one in the middle of it crashes the process. */
import { setTimeout as sleep } from "node:timers/promises";
import { getEnvironmentData, isMainThread, setEnvironmentData } from "node:worker_threads";

const NAME = "mlctl:nativeOpening";
/** Indexes: threads now loading a library; callers now terminating threads. */
const [OPENING, ENDING] = [0, 1];
const TIMEOUT_MILLISECONDS = 5_000;

const counters = sharedCounters();

function sharedCounters(): Int32Array<SharedArrayBuffer> {
  const known = getEnvironmentData(NAME) as SharedArrayBuffer | undefined;
  const buffer = known ?? new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);
  const shared = new Int32Array(buffer);
  if (known === undefined) setEnvironmentData(NAME, buffer);
  if (isMainThread && known === undefined) process.once("exit", () => waitBlocked(shared));
  return shared;
}

/** Runs `open`, which loads a native library. In a thread it first waits while others terminate threads. */
export async function openNative<T>(open: () => T | Promise<T>): Promise<T> {
  if (isMainThread) return open();
  enter();
  try {
    return await open();
  } finally {
    leave();
  }
}

export function openNativeNow<T>(open: () => T): T {
  if (isMainThread) return open();
  enter();
  try {
    return open();
  } finally {
    leave();
  }
}

/** Runs `end`, which terminates threads, once no thread is loading a library. */
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

/** Whether threads that are terminated still run: code of a library ends only when it returns, a round of trees later. */
export function threadsAreEnding(): boolean {
  return Atomics.load(counters, ENDING) > 0;
}

/** Each side raises its own counter before it reads the other's, so at least one of the two sees the other. */
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

/** Blocks, because an "exit" listener cannot await. */
function waitBlocked(shared: Int32Array<SharedArrayBuffer>): void {
  Atomics.add(shared, ENDING, 1);
  const deadline = performance.now() + TIMEOUT_MILLISECONDS;
  for (let opening = Atomics.load(shared, OPENING); opening > 0; opening = Atomics.load(shared, OPENING)) {
    const left = deadline - performance.now();
    if (left <= 0) return;
    Atomics.wait(shared, OPENING, opening, left);
  }
}

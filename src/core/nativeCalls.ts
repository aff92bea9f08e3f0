/** Native libraries: threads that load one are kept alive, calls stop at limits, one function ends the process. */
import { setTimeout as sleep } from "node:timers/promises";
import { getEnvironmentData, isMainThread, setEnvironmentData } from "node:worker_threads";
import { createRequire } from "node:module";
import type { MlctlError } from "./errors.ts";
import { gigabytes, memoryLimit, outOfMemory } from "./memoryLimit.ts";
import { projectRoot } from "./projectRoot.ts";

/** Time between two looks at memory and clock. Interrupts are repeated, as one between two statements has no effect. */
const LOOK_MS = 50;
const GRACE_MS = 800;

const MEMORY_HINT = "use fewer or smaller columns, simpler SQL, or a higher limits.memory in config.json";

export interface NativeCallOptions {
  readonly interrupt: () => void;
  /** Time to finish the call after a signal, in milliseconds; default 0. */
  readonly patienceMs?: number | undefined;
  readonly deadline?: number | undefined;
  readonly late?: () => Error;
}

const running = new Set<() => void>();
let stopped: { readonly reason: unknown; readonly at: number } | undefined;

/** Stops all calls of this thread, and the later ones. @param reason thrown by each */
export function stopNativeCalls(reason: unknown): void {
  stopped ??= { reason, at: performance.now() };
  for (const look of running) look();
}

/** Whether a call runs, perhaps an abandoned one: process.exit would wait for it. */
export function nativeCallsRun(): boolean {
  return running.size > 0;
}

/** @throws the reason of the signal, MlctlError of kind "failure" if memory runs out, or what `call` throws */
export async function nativeCall<T>(call: () => Promise<T>, options: NativeCallOptions): Promise<T> {
  const { interrupt } = options;
  const started = performance.now();
  const before = reasonToStop(options, started);
  if (before !== undefined) throw before;
  const abandoned = Promise.withResolvers<never>();
  let why: { readonly reason: unknown; readonly since: number } | undefined;
  const look = (): void => {
    const reason = why?.reason ?? reasonToStop(options, started) ?? memoryProblem();
    if (reason === undefined) return;
    const now = performance.now();
    why ??= { reason, since: now };
    interrupt();
    if (now - why.since > GRACE_MS) abandoned.reject(reason);
    // Nobody can stop it, and it would take the memory of the whole machine: ends a server, too.
    if (now - why.since > 2 * GRACE_MS && process.memoryUsage.rss() > memoryLimit().bytes) throw reason;
  };
  const timer = setInterval(look, LOOK_MS);
  running.add(look);
  const ended = call().finally(() => {
    clearInterval(timer);
    running.delete(look);
  });
  try {
    return await Promise.race([ended, abandoned.promise]);
  } catch (error) {
    throw why?.reason ?? error;
  }
}

function reasonToStop({ patienceMs = 0, deadline = Infinity, late }: NativeCallOptions, started: number): unknown {
  const now = performance.now();
  if (stopped !== undefined && now >= Math.max(stopped.at, started) + patienceMs) return stopped.reason;
  return now >= deadline ? late?.() : undefined;
}

function memoryProblem(): MlctlError | undefined {
  const used = process.memoryUsage.rss();
  if (used <= memoryLimit().bytes) return undefined;
  return outOfMemory(`the process uses ${gigabytes(used)}`, { hint: MEMORY_HINT });
}

/** Keeps threads alive while they load a native library: terminating one in the middle of it crashes the process. */
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

/** With require, because import reads files in the thread pool, whose threads may all be busy when the process ends. */
export function loadKoffi(): typeof import("koffi") {
  return createRequire(projectRoot)("koffi") as typeof import("koffi");
}

/** Ends the process without waiting for threads in native code. Unlike a signal, _exit keeps the exit code. */
export function exitAtOnce(exitCode: number): never {
  try {
    const library = loadKoffi().load(process.platform === "win32" ? "ucrtbase.dll" : null);
    library.func("void _exit(int status)")(exitCode);
  } catch {
    // There is no koffi for this system.
  }
  process.kill(process.pid, "SIGKILL");
  return process.abort();
}

/** Calls of native libraries in other threads: each stops at a signal, at `limits.memory` or its deadline, or is abandoned. */
import type { MlctlError } from "./errors.ts";
import { gigabytes, memoryLimit, outOfMemory } from "./memoryLimit.ts";

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

/** Keeps what each step of a longer process did, why, and for how long. */

export interface Step {
  readonly name: string;
  readonly status: "done" | "skipped";
  /** What it did, or why it did not. */
  readonly reason: string;
  readonly seconds: number;
}

export interface StepLog {
  /** In the order in which they began. */
  readonly steps: readonly Step[];
  /** Does the work, measures it, and has `tell` say what came of it. */
  run<T>(name: string, work: () => Promise<T>, tell: (result: T) => string): Promise<T>;
  skip(name: string, reason: string): void;
}

/** @param signal once it is aborted, no further step begins */
export function stepLog(signal: AbortSignal): StepLog {
  const begun: (Step | null)[] = [];
  return {
    get steps() {
      return begun.filter((step) => step !== null);
    },
    async run(name, work, tell) {
      signal.throwIfAborted();
      const start = performance.now();
      const place = begun.push(null) - 1;
      const result = await work();
      begun[place] = { name, status: "done", reason: tell(result), seconds: (performance.now() - start) / 1000 };
      return result;
    },
    skip(name, reason) {
      begun.push({ name, status: "skipped", reason, seconds: 0 });
    },
  };
}

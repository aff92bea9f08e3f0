/** What a fullprocess says of itself when it ends, wherever it ends. */
import type { Run } from "../../core/records/run.ts";
import { isInProduction, verdictReasons } from "../deploy/describePromotion.ts";
import { order, type FullprocessPlan } from "./planFullprocess.ts";
import type { Session } from "../session.ts";

export interface FullprocessResult {
  readonly status: "nothing_new" | "kept" | "deployed";
  /** Why it started, or why there was nothing to do. */
  readonly reason: string;
  readonly steps: readonly Step[];
  readonly runId: string | null;
  readonly modelVersion: number | null;
  readonly metric: string | null;
  readonly value: number | null;
  readonly interval: readonly [number, number] | null;
  /** Why the model was deployed or kept. */
  readonly reasons: readonly string[];
  /** What there is to know of the training. */
  readonly notes: readonly string[];
  readonly reportPath: string | null;
  readonly apireturnsPath: string | null;
  readonly dryRun: boolean;
}

const empty = {
  runId: null,
  modelVersion: null,
  metric: null,
  value: null,
  interval: null,
  reasons: [],
  notes: [],
  reportPath: null,
  apireturnsPath: null,
  dryRun: false,
};

export function nothingNew({ reason, run }: FullprocessPlan): FullprocessResult {
  return {
    ...empty,
    status: "nothing_new",
    reason,
    steps: [],
    runId: run?.runId ?? null,
    modelVersion: run?.modelVersion ?? null,
  };
}

/** For --dry-run: what would be done. */
export function planned({ start, reason }: FullprocessPlan): FullprocessResult {
  const first = order.indexOf(start);
  const steps = order.map((name, index) => ({
    name,
    status: index >= first ? ("done" as const) : ("skipped" as const),
    reason: index === first ? reason : "",
    seconds: 0,
  }));
  return { ...empty, status: "kept", reason, steps, dryRun: true };
}

/** New files that brought no new row: their dataset is one that was judged before. */
export function noNewRows(steps: readonly Step[], known: Run): FullprocessResult {
  const reason = `the new files bring no new row: run ${known.runId} was trained on the same data`;
  const skipped = { name: "train", status: "skipped" as const, reason, seconds: 0 };
  return {
    ...empty,
    status: "kept",
    reason,
    steps: [...steps, skipped],
    runId: known.runId,
    modelVersion: known.modelVersion,
  };
}

export interface Ending {
  readonly reason: string;
  readonly steps: readonly Step[];
  readonly run: Run;
  readonly notes: readonly string[];
  readonly reportPath: string | null;
  readonly apireturnsPath: string | null;
}

export function ended(session: Session, { run, ...ending }: Ending): FullprocessResult {
  return {
    ...empty,
    ...ending,
    status: isInProduction(session, run) ? "deployed" : "kept",
    runId: run.runId,
    modelVersion: run.modelVersion,
    metric: run.metric,
    value: run.score?.value ?? null,
    interval: run.score?.interval ?? null,
    reasons: verdictReasons(session, run),
  };
}

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

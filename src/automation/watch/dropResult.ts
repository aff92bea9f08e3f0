/** DropResult: what became of one dropped file; a line of `watch --json`: scripts rely on its keys, so add some, never change them. */
import { messageOf, MlctlError } from "../../core/errors.ts";
import type { MonitorArea } from "../../core/records/monitoring.ts";
import type { MonitorResult } from "../../lifecycle/monitor/monitor.ts";
import type { PredictedRows } from "../../lifecycle/predict/predictBatches.ts";
import { errorCode } from "../../storage/files/atomicWrite.ts";
import type { Claim } from "./dropClaims.ts";

export interface DropResult extends PredictedRows {
  /** As it was dropped, and as it is called where it was put away. */
  readonly file: string;
  readonly name: string;
  readonly status: DropStatus;
  readonly at: string;
  readonly seconds: number;
  readonly attempts: number;
  readonly runId: string | null;
  readonly modelVersion: number | null;
  /** Where things are now: paths below the folder, or keys of the bucket. */
  readonly output: string | null;
  readonly rejectFile: string | null;
  readonly log: string;
  /** Null where monitoring is off, or there was nothing to look at. */
  readonly monitoring: ReturnType<typeof dropMonitoring> | null;
  /** Areas with a failure, and those where nothing could be judged. */
  readonly failed: readonly MonitorArea[];
  readonly warned: readonly MonitorArea[];
  readonly unjudged: readonly MonitorArea[];
  readonly error: ReturnType<typeof dropError> | null;
}

export function dropMonitoring(result: MonitorResult) {
  const { drift, window, performance, findings, alerts } = result;
  const moved = Object.entries(drift.columns).filter(([, { drifted }]) => drifted);
  return {
    monitorId: result.monitorId,
    status: result.status,
    driftShare: drift.dataset.share,
    drifted: drift.dataset.detected,
    driftedColumns: moved.map(([name]) => name),
    labelled: window.labelled,
    metrics: performance.metrics,
    findings: findings
      .filter(({ status }) => status === "fail" || status === "warn")
      .map(({ area, name, status, value, limit, message }) => ({ area, name, status, value, limit, message })),
    alerts: alerts.map(({ channel, subject, status }) => ({ channel, subject, status })),
  };
}

export function isStop(error: unknown): boolean {
  if (error instanceof MlctlError) return error.kind === "interrupted" || error.kind === "terminated";
  return error instanceof Error && error.name === "AbortError";
}

/** Not caused by the file and worth a retry: the lock, the disk, the network. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof MlctlError)) return errorCode(error) !== undefined;
  return error.kind === "busy" || error.kind === "failure" || error.kind === "notReady";
}

export function dropError(error: unknown): { message: string; details: readonly string[]; hint: string | null } {
  if (error instanceof MlctlError) return { message: error.message, details: error.details, hint: error.hint ?? null };
  const hint = "this is a bug of mlctl: please report it with the file's log";
  return { message: `unexpected: ${messageOf(error)}`, details: [], hint };
}

export interface ReadyDrops {
  readonly drops: readonly { readonly given: string; readonly etag?: string }[];
  readonly arriving: number;
  /** Of these, how many were first seen less than the time ago that a file must not change: most will be whole soon. */
  readonly undecided: number;
}

type DropStatus = "processed" | "errored";

export interface Move {
  readonly from: string;
  readonly to: string;
}

/** What was decided, saved before anything is moved, so that the same is done after a crash. */
export interface Outcome<R = unknown> {
  readonly status: DropStatus;
  /** The results first, the dropped file last: while that is not moved, it is not done. */
  readonly moves: readonly Move[];
  readonly result: R;
}

export interface DropSource {
  readonly name: string;
  ready(): Promise<ReadyDrops>;
  isTaken(name: string): Promise<boolean>;
  isErrored(name: string): Promise<boolean>;
  /** Moves the dropped file into the claim's folder; false if another watcher was faster. */
  fetch(claim: Claim): Promise<boolean>;
  /** Nothing is overwritten; doing it again after a crash changes nothing. @returns where each move ended, by `from` */
  publish(claim: Claim, outcome: Outcome, log: string): Promise<ReadonlyMap<string, string>>;
  logPath(name: string): string;
}

/** How an execution of a scheduled job ended, in words and as news for the alert channels. */
import { exitCodes } from "../../core/errors.ts";
import type { AlertNews } from "../../core/records/alert.ts";
import type { Execution } from "../../core/records/execution.ts";

/** Findings of --fail-on: monitoring sends its own alerts about them. */
const FINDING_CODES = new Set<number | null>([exitCodes.drift, exitCodes.quality, exitCodes.performance]);

export function describeExecution(execution: Execution | "done_before"): { message: string; isFine: boolean } {
  if (execution === "done_before") return { message: "already ran for this time", isFine: true };
  const { status, seconds, exitCode, reason, log } = execution;
  const after = `after ${(seconds ?? 0).toFixed(1)} s`;
  if (status === "done") return { message: `done ${after}`, isFine: true };
  if (status === "skipped") return { message: `skipped: ${reason}`, isFine: false };
  if (status === "timed_out") return { message: `timed out and was stopped ${after}: see ${log}`, isFine: false };
  const kind = Object.entries(exitCodes).find(([, code]) => code === exitCode)?.[0];
  const how =
    exitCode === null ? (reason ?? "ended") : `exited with code ${exitCode}${kind === undefined ? "" : ` (${kind})`}`;
  return { message: `${how} ${after}: see ${log}`, isFine: false };
}

/** None if it says nothing about the job: it did not run, or its user stopped it. */
export function jobNews(execution: Execution): AlertNews[] {
  const { job: name, status, endedAt, startedAt, exitCode } = execution;
  if (status === "skipped" || status === "stopped") return [];
  const isFine = status === "done" || FINDING_CODES.has(exitCode);
  const nothing = { value: null, limit: null, passes: null, interval: null };
  const { message } = describeExecution(execution);
  const finding = { area: "job", name, status: isFine ? "pass" : "fail", ...nothing, message } as const;
  const record = { monitorId: null, window: null, runId: null, modelVersion: null };
  return [{ source: "schedule", createdAt: endedAt ?? startedAt, findings: [finding], ...record }];
}

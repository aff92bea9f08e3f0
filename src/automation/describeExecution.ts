/** How one run of a job ended, in a sentence. */
import { exitCodes } from "../core/errors.ts";
import type { Execution } from "../core/execution.ts";

export function describeExecution(execution: Execution | "done_before"): {
  readonly message: string;
  readonly isFine: boolean;
} {
  if (execution === "done_before") return { message: "ran for this time already", isFine: true };
  const { status, seconds, exitCode, reason, log } = execution;
  const after = `after ${(seconds ?? 0).toFixed(1)} s`;
  if (status === "done") return { message: `done ${after}`, isFine: true };
  if (status === "skipped") return { message: `skipped: ${reason}`, isFine: false };
  if (status === "timed_out") return { message: `took too long and was stopped ${after}: see ${log}`, isFine: false };
  const kind = Object.entries(exitCodes).find(([, code]) => code === exitCode)?.[0];
  const how =
    exitCode === null ? (reason ?? "ended") : `ended with ${exitCode}${kind === undefined ? "" : ` (${kind})`}`;
  return { message: `${how} ${after}: see ${log}`, isFine: false };
}

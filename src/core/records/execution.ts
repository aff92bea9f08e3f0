/** Execution: one run of a scheduled job, or a due time that was skipped. */

/** "killed" is inferred from a record that says "running" while its process is gone; the next scheduler records it. */
type ExecutionStatus = "running" | "done" | "failed" | "timed_out" | "stopped" | "skipped" | "killed";

export interface Execution {
  readonly kind: "execution";
  readonly executionId: string;
  readonly job: string;
  readonly command: readonly string[];
  /** "schedule": on time; "missed": later, because the scheduler was not running; "manual": started by a user. */
  readonly trigger: "schedule" | "missed" | "manual";
  readonly dueAt: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly status: ExecutionStatus;
  /** Null while it runs, if a signal ended it, or if it never ran. */
  readonly exitCode: number | null;
  /** Why it was skipped, could not be started or failed; null otherwise. */
  readonly reason: string | null;
  readonly seconds: number | null;
  readonly log: string | null;
  readonly pid: number;
  readonly host: string;
}

/**
 * Per job the newest execution that was not started manually, and the newest of those that was not skipped. If prune
 * deleted them, the job would look overdue and run again.
 * @param executions newest first
 */
export function lastExecutions(executions: readonly Execution[]): ReadonlySet<Execution> {
  const last = new Map<string, Execution>();
  for (const execution of executions) {
    if (execution.trigger === "manual") continue;
    const keys = execution.status === "skipped" ? [execution.job] : [execution.job, `${execution.job} ran`];
    for (const key of keys) if (!last.has(key)) last.set(key, execution);
  }
  return new Set(last.values());
}

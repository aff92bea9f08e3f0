/** The executions that retention must keep, however old, so that the scheduler knows which times are done. */
import type { Execution } from "./execution.ts";

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

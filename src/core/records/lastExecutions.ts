/** What a scheduler must not forget of a job, however old: when it last ran without anybody asking for it. */
import type { Execution } from "./execution.ts";

/**
 * Of each job the newest that nobody started by hand, and the newest of them that was not skipped: a job whose last
 * record is gone would be overdue, and run again for a time that it ran for.
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

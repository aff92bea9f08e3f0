/** Execution: one time that a scheduled job ran, or did not run although it was due. */

/** "killed" is never written: what says "running" of a process that is gone was killed. */
export type ExecutionStatus = "running" | "done" | "failed" | "timed_out" | "stopped" | "skipped" | "killed";

export interface Execution {
  readonly kind: "execution";
  /** "<stamp>_<job>" */
  readonly executionId: string;
  readonly job: string;
  /** As on a command line, without the program: ["fullprocess", "--wait", "10m"]. */
  readonly command: readonly string[];
  /** "schedule": at its time; "missed": later, because nothing ran then; "manual": by hand. */
  readonly trigger: "schedule" | "missed" | "manual";
  /** The time of the cron expression that it stands for; null by hand. */
  readonly dueAt: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly status: ExecutionStatus;
  /** Null while it runs, and where a signal or nobody ended it. */
  readonly exitCode: number | null;
  /** Why it was skipped or could not be started; null otherwise. */
  readonly reason: string | null;
  readonly seconds: number | null;
  /** Relative to the workspace; null for one that was skipped. */
  readonly log: string | null;
  readonly pid: number;
  readonly host: string;
}

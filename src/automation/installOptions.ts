/** Which scheduler is told of the jobs, and how. */
import type { JobPlace } from "./schedule/executeJob.ts";

export type Target = "crontab" | "systemd" | "github" | "k8s";

export interface InstallOptions extends JobPlace {
  readonly target: Target;
  /** Where the files go; undefined: where their scheduler looks for them. */
  readonly output: string | undefined;
  readonly dryRun: boolean;
  /** Replaces files that mlctl did not write. */
  readonly force: boolean;
}

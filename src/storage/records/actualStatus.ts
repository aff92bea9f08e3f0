/** The real status of a scheduled job's run: a killed process cannot update its record. */
import { hostname } from "node:os";
import type { Execution } from "../../core/records/execution.ts";
import { processIsAlive } from "../files/temporaryPath.ts";

/** "killed" if the record says "running" but the process is gone. */
export function actualStatus({ status, host, pid }: Execution): Execution["status"] {
  return status === "running" && host === hostname() && !processIsAlive(pid) ? "killed" : status;
}

/** How a scheduled job's run is, whatever its record still says. */
import { hostname } from "node:os";
import type { Execution } from "../../core/records/execution.ts";
import { processIsAlive } from "../files/processIsAlive.ts";

/** "killed" where the record says "running" and its process is gone. */
export function actualStatus({ status, host, pid }: Execution): Execution["status"] {
  return status === "running" && host === hostname() && !processIsAlive(pid) ? "killed" : status;
}

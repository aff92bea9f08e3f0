/** The window of monitoring that an address names. */
import type { MonitorRecord } from "../../core/monitoring.ts";
import { HttpProblem } from "../http/problem.ts";
import type { PageRequest } from "./page.ts";

/** @throws {HttpProblem} 404 */
export function windowNamed({ session, id }: PageRequest): MonitorRecord {
  const record = id === "latest" ? session.store.monitorings({ limit: 1 })[0] : session.store.monitoring(id);
  if (record !== undefined) return record;
  throw new HttpProblem("not-found", `there is no window ${id.slice(0, 100)}`, {
    hint: "`mlctl monitor --history` lists them",
  });
}

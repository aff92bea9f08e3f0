/** Creates a finding. By default its value must be at most the limit, and it has no interval. */
import type { MonitorArea, MonitorFinding } from "../core/records/monitoring.ts";

type Details = Pick<MonitorFinding, "status" | "value" | "limit" | "message"> & Partial<MonitorFinding>;

export function finding(area: MonitorArea, name: string, details: Details): MonitorFinding {
  return { area, name, passes: "at_most", interval: null, ...details };
}

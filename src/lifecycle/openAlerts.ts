/** What is open now, as the state of the alerts has it. */
import type { MonitorArea, MonitorStatus } from "../core/monitoring.ts";
import { readAlertState } from "./alertStateFile.ts";
import type { Workspace } from "./workspace.ts";

export interface OpenAlert {
  readonly area: MonitorArea;
  readonly name: string;
  readonly status: MonitorStatus;
  readonly value: number | null;
  readonly limit: number | null;
  readonly message: string;
  readonly since: string;
  /** End of the window that says so. */
  readonly window: string | null;
  /** Channels that know. */
  readonly told: readonly string[];
}

/** Failures before warnings, the oldest first. */
export function openAlerts(workspace: Workspace): { alerts: OpenAlert[] } {
  const open = Object.values(readAlertState(workspace).entries).flatMap(
    ({ area, finding, since, windowEnd, told }): OpenAlert[] => {
      const { name, status, value, limit, message } = finding;
      if (status !== "fail" && status !== "warn") return [];
      const knowing = Object.keys(told).filter((channel) => told[channel]!.status !== "pass");
      return [{ area, name, status, value, limit, message, since, window: windowEnd, told: knowing }];
    },
  );
  return { alerts: open.toSorted((a, b) => a.status.localeCompare(b.status) || (a.since < b.since ? -1 : 1)) };
}

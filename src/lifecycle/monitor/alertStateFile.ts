/** Reads and writes the alert state. Changes take a separate lock. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { noAlerts, type AlertState } from "../../monitoring/alertState.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import { acquireLock } from "../../storage/lock.ts";
import { monitoringFolder } from "../../storage/records/workspaceRecord.ts";
import type { Workspace } from "../workspace.ts";
import type { AlertFinding } from "../../core/records/alert.ts";

/** Maximum wait for the alert lock; a change takes far less. */
const LOCK_WAIT_MILLISECONDS = 60_000;

/** Changes the state under the alert lock. `change` must be quick and must not wait. */
export async function changeAlertState(workspace: Workspace, change: (state: AlertState) => AlertState): Promise<void> {
  const { paths, context } = workspace;
  const release = await acquireLock({
    database: `${paths.database}.alerts`,
    command: "alerts",
    waitMs: LOCK_WAIT_MILLISECONDS,
    now: context.now,
  });
  try {
    const before = readAlertState(workspace);
    const after = change(before);
    if (JSON.stringify(after) !== JSON.stringify(before))
      atomicWrite(statePath(workspace), `${JSON.stringify(after, null, 2)}\n`);
  } finally {
    release();
  }
}

function statePath({ paths }: Workspace): string {
  return join(monitoringFolder(paths), "alerts.json");
}

/** Reads the state. A damaged file causes a warning and counts as empty: a repeated alert is better than a missing one. */
function readAlertState(workspace: Workspace): AlertState {
  const path = statePath(workspace);
  if (!existsSync(path)) return noAlerts;
  try {
    const state = JSON.parse(readFileSync(path, "utf8")) as AlertState;
    if (state.kind === "alert_state" && typeof state.entries === "object" && state.entries !== null) return state;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const message = `${path} is damaged: open alerts are sent again`;
  workspace.context.emit({ type: "warning", stage: "alerts", message });
  return noAlerts;
}

/** A warning or failure that has not been resolved. */
export interface OpenAlert extends Pick<AlertFinding, "area" | "name" | "status" | "value" | "limit" | "message"> {
  readonly since: string;
  /** End of the window with the finding. */
  readonly window: string | null;
  /** Its name; null for a job. */
  readonly windowLabel: string | null;
  /** Channels that have been notified. */
  readonly told: readonly string[];
}

/** Open alerts: failures before warnings, each oldest first. */
export function openAlerts(workspace: Workspace): { alerts: OpenAlert[] } {
  const open = Object.values(readAlertState(workspace).entries).flatMap(
    ({ area, finding, since, windowEnd, windowLabel = null, told }): OpenAlert[] => {
      const { name, status, value, limit, message } = finding;
      if (status !== "fail" && status !== "warn") return [];
      const notified = Object.keys(told).filter((channel) => told[channel]!.status !== "pass");
      return [{ area, name, status, value, limit, message, since, window: windowEnd, windowLabel, told: notified }];
    },
  );
  return {
    alerts: open.toSorted((a, b) =>
      a.status === b.status ? (a.since < b.since ? -1 : 1) : a.status < b.status ? -1 : 1,
    ),
  };
}

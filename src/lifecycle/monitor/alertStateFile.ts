/** The state of the alerts on disk: read by anyone, changed under a lock of its own. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { noAlerts, type AlertState } from "../../monitoring/alertState.ts";
import { atomicWrite } from "../../storage/files/atomicWrite.ts";
import { acquireLock } from "../../storage/lock.ts";
import { monitoringFolder } from "../../storage/records/workspaceRecord.ts";
import type { Workspace } from "../workspace.ts";
import type { MonitorArea, MonitorStatus } from "../../core/records/monitoring.ts";

/** Far longer than a change takes, even on a busy machine. */
const LOCK_WAIT_MILLISECONDS = 60_000;

/** In a moment and under its own lock, which nobody holds while waiting. */
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
    if (JSON.stringify(after) !== JSON.stringify(before)) saveAlertState(workspace, after);
  } finally {
    release();
  }
}

function statePath({ paths }: Workspace): string {
  return join(monitoringFolder(paths), "alerts.json");
}

/** A damaged state is told and begun anew: an alert too many is better than none. */
export function readAlertState(workspace: Workspace): AlertState {
  const path = statePath(workspace);
  if (!existsSync(path)) return noAlerts;
  try {
    const state = JSON.parse(readFileSync(path, "utf8")) as AlertState;
    if (state.kind === "alert_state" && typeof state.entries === "object" && state.entries !== null) return state;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const message = `${path} is damaged: what is open is told again`;
  workspace.context.emit({ type: "warning", stage: "alerts", message });
  return noAlerts;
}

function saveAlertState(workspace: Workspace, state: AlertState): void {
  atomicWrite(statePath(workspace), `${JSON.stringify(state, null, 2)}\n`);
}

/** What is open now, as the state of the alerts has it. */
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

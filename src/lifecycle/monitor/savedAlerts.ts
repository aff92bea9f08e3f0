/** Reads and changes the alert state, which all machines of a shared workspace have in common. */
import { MlctlError } from "../../core/errors.ts";
import { didYouMean } from "../../core/text/suggest.ts";
import { noAlerts, withMuted, type AlertState, type Muted } from "../../monitoring/alertState.ts";
import type { Workspace } from "../workspace.ts";

/** `change` must not wait. */
export async function changeAlertState(workspace: Workspace, change: (state: AlertState) => AlertState): Promise<void> {
  await workspace.records.state("alerts", (text) => {
    const before = alertStateOf(workspace, text);
    const after = change(before);
    return JSON.stringify(after) === JSON.stringify(before) ? text : `${JSON.stringify(after, null, 2)}\n`;
  });
}

/** A damaged state causes a warning and counts as empty: a repeated alert is better than a missing one. */
function alertStateOf(workspace: Workspace, text: string | null): AlertState {
  if (text === null) return noAlerts;
  try {
    const state = JSON.parse(text) as AlertState;
    if (state.kind === "alert_state" && typeof state.entries === "object" && state.entries !== null) return state;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const message = "the state of the alerts is damaged: open alerts are sent again";
  workspace.context.emit({ type: "warning", stage: "alerts", message });
  return noAlerts;
}

export type OpenAlert = Awaited<ReturnType<typeof openAlerts>>["alerts"][number];

/** Open alerts: failures before warnings, each oldest first. */
export async function openAlerts(workspace: Workspace) {
  const { entries } = alertStateOf(workspace, await workspace.records.state("alerts"));
  const now = workspace.context.now().toISOString();
  const open = Object.values(entries).flatMap(
    ({ area, finding, since, windowEnd, windowLabel = null, told, muted = null }) => {
      const { name, status, value, limit, message } = finding;
      if (status !== "fail" && status !== "warn") return [];
      const notified = Object.keys(told).filter((channel) => told[channel]!.status !== "pass");
      const common = { area, name, status, value, limit, message, since, window: windowEnd, windowLabel };
      return [{ ...common, told: notified, muted: muted !== null && muted.until > now ? muted : null }];
    },
  );
  return {
    alerts: open.toSorted((a, b) =>
      a.status === b.status ? (a.since < b.since ? -1 : 1) : a.status < b.status ? -1 : 1,
    ),
  };
}

/**
 * Until then, no channel is sent anything of the check; null ends that. Afterwards, what has changed meanwhile is sent.
 * @param check "drift: age", or only its name
 * @throws {MlctlError} kind "usage" if no open alert is of it
 */
export async function muteAlert(
  workspace: Workspace,
  check: string,
  muted: Muted | null,
): Promise<{ alerts: OpenAlert[] }> {
  const { alerts: open } = await openAlerts(workspace);
  const names = open.map(({ area, name }) => `${area}: ${name}`);
  if (!names.includes(check) && !open.some(({ name }) => name === check)) {
    const hint = didYouMean(check, names, "`mlctl alerts list` shows the open alerts");
    throw new MlctlError("usage", `no open alert is of the check "${check}"`, { hint });
  }
  await changeAlertState(workspace, (state) => withMuted(state, check, muted));
  return openAlerts(workspace);
}

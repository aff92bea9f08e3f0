/** Reads and changes the alert state, which all machines of a shared workspace have in common. */
import { isObject, parseJson } from "../core/json.ts";
import { noAlerts, type AlertState } from "../monitoring/alertState.ts";
import type { Workspace } from "./workspace.ts";

/** `change` must not wait. */
export async function changeAlertState(workspace: Workspace, change: (state: AlertState) => AlertState): Promise<void> {
  await workspace.records.state("alerts", (text) => {
    const before = alertStateOf(workspace, text);
    const after = change(before);
    return JSON.stringify(after) === JSON.stringify(before) ? text : `${JSON.stringify(after, null, 2)}\n`;
  });
}

export async function savedState(workspace: Workspace): Promise<AlertState> {
  return alertStateOf(workspace, await workspace.records.state("alerts"));
}

/** A damaged state causes a warning and counts as empty: a repeated alert is better than a missing one. */
function alertStateOf(workspace: Workspace, text: string | null): AlertState {
  if (text === null) return noAlerts;
  const state = parseJson(text) as AlertState | undefined;
  if (state?.kind === "alert_state" && isObject(state.entries)) {
    // An earlier build may have left out what is empty, and entries without their origin.
    const entries = Object.entries(state.entries).filter(([, { origin }]) => (origin as unknown) !== undefined);
    return { ...noAlerts, ...state, entries: Object.fromEntries(entries) };
  }
  const message = "the state of the alerts is damaged: open alerts are sent again";
  workspace.context.emit({ type: "warning", stage: "alerts", message });
  return noAlerts;
}

/** The exit code of monitor with --fail-on. */
import { exitCodes } from "../core/errors.ts";
import type { MonitorArea } from "../core/monitoring.ts";

/**
 * That of the first named area with a failure in any window; else "not enough data" where a named area could not be
 * judged at all in the newest window: an absent figure never passes.
 */
export function monitorExit(
  windows: readonly { readonly failed: readonly MonitorArea[]; readonly unjudged: readonly MonitorArea[] }[],
  failOn: readonly MonitorArea[],
): number {
  const failed = failOn.find((area) => windows.some((window) => window.failed.includes(area)));
  if (failed !== undefined) return exitCodes[failed];
  const unjudged = windows.at(-1)?.unjudged ?? [];
  return failOn.some((area) => unjudged.includes(area)) ? exitCodes.notEnoughData : 0;
}

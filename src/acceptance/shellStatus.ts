/** The exit code that a shell reports: mlctl ends itself by a second signal. */
import { constants } from "node:os";

/** @returns null for SIGKILL, which only tests send */
export function shellStatus(code: number | null, signal: NodeJS.Signals | null): number | null {
  return signal === null || signal === "SIGKILL" ? code : 128 + constants.signals[signal];
}

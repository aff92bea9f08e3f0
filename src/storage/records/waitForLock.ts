/** What every kind of lock says and does while another process holds it. */
import { setTimeout as sleep } from "node:timers/promises";
import { MlctlError } from "../../core/errors.ts";
import type { LockHolder } from "./records.ts";

/** Short enough to seem immediate, long enough to cost nothing. */
const POLL_MILLISECONDS = 50;

/** Until the next try. @throws {MlctlError} kind "interrupted" on `signal` */
export async function pauseForLock(signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(POLL_MILLISECONDS, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.reason instanceof MlctlError) throw signal.reason;
    throw new MlctlError("interrupted", "interrupted while waiting for another mlctl", { cause: error });
  }
}

/** The error for a process that finds the lock taken. */
export function lockBusy(holder: LockHolder | undefined): MlctlError {
  const who = holder === undefined ? "" : ` (pid ${holder.pid}, \`${holder.command}\`, since ${holder.since})`;
  return new MlctlError("busy", `the workspace is in use: another mlctl${who} is working in it`, {
    hint: "try again later, or wait for it with `--wait 10m`",
  });
}

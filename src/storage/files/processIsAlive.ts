/** Checks whether a process of this machine is running. */
import { errorCode } from "./writeFailure.ts";

/** Also true for a process of another user. */
export function processIsAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

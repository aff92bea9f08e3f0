/** Asks the system whether a process of this machine runs. */
import { errorCode } from "./writeFailure.ts";

/** True for a running process, also of another user. */
export function processIsAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

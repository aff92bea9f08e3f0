/** Ctrl-C, SIGTERM and SIGHUP: the first signal asks the step to stop cleanly, the second ends the process. */
import { exitCodes, MlctlError } from "../core/errors.ts";
import { exitAtOnce, nativeCallsRun, stopNativeCalls, threadsAreEnding } from "../core/nativeCalls.ts";

/** Exit before service managers kill the process, which most do after ten seconds or more. */
const TERM_GRACE_MS = 8000;

let hasStopped = false;

/** Whether a signal arrived: then a terminal or pipe that is gone is no reason to exit before the work is saved. */
export function isStopping(): boolean {
  return hasStopped;
}

/** Ends the process, at once if native code still runs or a signal arrived. */
export function quit(exitCode: number): void {
  if (hasStopped || threadsAreEnding() || nativeCallsRun()) exitAtOnce(exitCode);
  process.exit(exitCode);
}

/** @param drains without a time limit after SIGTERM @returns `exitCode` once a signal came: it overrides the step's */
export function stopSignals(print: (line: string) => void, drains = false) {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const stop = (kind: "interrupted" | "terminated", message: string): void => {
    if (exitCode !== undefined) return quit(exitCodes[kind]);
    hasStopped = true;
    exitCode = exitCodes[kind];
    const reason = new MlctlError(kind, message, { hint: "nothing half-finished is left; run the command again" });
    controller.abort(reason);
    stopNativeCalls(reason);
    // The system then ends the process at the second signal, even while a long computation keeps it from handling one; but
    // never process 1 of a container.
    if (process.pid !== 1) for (const name of ["SIGINT", "SIGTERM"]) process.removeAllListeners(name);
  };
  const terminate = (message: string): void => {
    stop("terminated", message);
    if (!drains) setTimeout(() => quit(exitCodes.terminated), TERM_GRACE_MS).unref();
  };
  let endEarly: (() => boolean) | undefined;
  process.on("SIGINT", () => {
    if (exitCode === undefined && endEarly?.() === true) {
      endEarly = undefined;
      return print("going on with what was found so far; press Ctrl-C again to stop");
    }
    stop("interrupted", "stopped by Ctrl-C");
    print("stopping; press Ctrl-C again to quit at once");
  });
  process.on("SIGTERM", () => terminate("stopped by SIGTERM"));
  process.on("SIGHUP", () => {
    // A closed terminal sends it twice, from its shell and from the kernel: the second one is no wish to quit at once.
    if (exitCode === undefined) terminate("stopped by SIGHUP: the terminal was closed");
  });
  const onceInterrupted = (end: () => boolean): (() => void) => {
    endEarly = end;
    return () => (endEarly = undefined);
  };
  return { signal: controller.signal, onceInterrupted, exitCode: (): number | undefined => exitCode };
}

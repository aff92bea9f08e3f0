/** Ctrl-C and SIGTERM: the first asks the step to stop cleanly, the second ends the process. */
import { exitCodes, MlctlError } from "../core/errors.ts";

/** A service manager kills after ten seconds or more; a step that has not stopped by then will not. */
const TERM_GRACE_MS = 8000;

export interface StopSignals {
  readonly signal: AbortSignal;
  /** Set once a signal came: what the process ends with, whatever the step still returned. */
  readonly exitCode: () => number | undefined;
}

/**
 * @param say prints a line to stderr
 * @param drains the command ends by itself after SIGTERM, however long that takes
 */
export function stopSignals(say: (line: string) => void, drains = false): StopSignals {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const stop = (kind: "interrupted" | "terminated", message: string): void => {
    if (exitCode !== undefined) process.exit(exitCodes[kind]);
    exitCode = exitCodes[kind];
    controller.abort(
      new MlctlError(kind, message, { hint: "what was done stays and is whole; run it again to go on" }),
    );
  };
  process.on("SIGINT", () => {
    stop("interrupted", "stopped by Ctrl-C");
    say("stopping; Ctrl-C again quits at once");
  });
  process.on("SIGTERM", () => {
    stop("terminated", "stopped by SIGTERM");
    if (!drains) setTimeout(() => process.exit(exitCodes.terminated), TERM_GRACE_MS).unref();
  });
  return { signal: controller.signal, exitCode: () => exitCode };
}

/** Ctrl-C and SIGTERM: the first signal asks the step to stop cleanly, the second ends the process. */
import { exitCodes, MlctlError } from "../core/errors.ts";

/** Exit before service managers kill the process, which most do after ten seconds or more. */
const TERM_GRACE_MS = 8000;

/**
 * @param print prints a line to stderr
 * @param drains the command exits by itself after SIGTERM, without a time limit
 * @returns `exitCode`: the exit code once a signal arrived; it overrides the result of the step
 */
export function stopSignals(print: (line: string) => void, drains = false) {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const stop = (kind: "interrupted" | "terminated", message: string): void => {
    if (exitCode !== undefined) process.exit(exitCodes[kind]);
    exitCode = exitCodes[kind];
    controller.abort(
      new MlctlError(kind, message, { hint: "finished work is kept; run the command again to continue" }),
    );
  };
  process.on("SIGINT", () => {
    stop("interrupted", "stopped by Ctrl-C");
    print("stopping; press Ctrl-C again to quit at once");
  });
  process.on("SIGTERM", () => {
    stop("terminated", "stopped by SIGTERM");
    if (!drains) setTimeout(() => process.exit(exitCodes.terminated), TERM_GRACE_MS).unref();
  });
  return { signal: controller.signal, exitCode: (): number | undefined => exitCode };
}

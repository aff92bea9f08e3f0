/** Calls functions of C libraries, one of which ends the process. */
import { createRequire } from "node:module";
import { projectRoot } from "./projectRoot.ts";

/** With require, because import reads files in the thread pool, whose threads may all be busy when the process ends. */
export function loadKoffi(): typeof import("koffi") {
  return createRequire(projectRoot)("koffi") as typeof import("koffi");
}

/** Ends the process without waiting for threads in native code. Unlike a signal, _exit keeps the exit code. */
export function exitAtOnce(exitCode: number): never {
  try {
    const library = loadKoffi().load(process.platform === "win32" ? "ucrtbase.dll" : null);
    library.func("void _exit(int status)")(exitCode);
  } catch {
    // There is no koffi for this system.
  }
  process.kill(process.pid, "SIGKILL");
  return process.abort();
}

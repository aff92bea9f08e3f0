/** main: runs the command line in this process and exits with its exit code. */
import { setTimeout as sleep } from "node:timers/promises";
import { threadsAreEnding } from "../core/nativeCalls.ts";
import { commandLine } from "./commandLine.ts";
import { isStopping, quit } from "./stopSignals.ts";

// Tests import it from the same bundle to run many calls in one process.
export { commandLine };

const THREADS_GRACE_MS = 500;

export async function main(argv: readonly string[]): Promise<void> {
  const unwritten = survivePipes();
  const { stdin, stdout, stderr, env: environment } = process;
  const { run, fail } = commandLine(argv, { stdin, stdout, stderr, environment });
  process.on("uncaughtException", (error) => quit(fail(error)));
  const exitCode = await run();
  unwritten();
  // Waits until pipes have taken all output, because process.exit drops the rest.
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((done) => void stream.write("", () => done()));
  for (let waited = 0; waited < THREADS_GRACE_MS && threadsAreEnding(); waited += 10) await sleep(10);
  quit(exitCode);
}

/** A reader that closes the pipe early is no error. @returns what reports to stderr how many messages were lost */
function survivePipes(): () => void {
  let lost = 0;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EIO" || (error.code === "EPIPE" && isStopping())) return;
      if (error.code === "EPIPE") process.exit(0);
      if (stream === process.stdout) throw error;
      lost++;
    });
  }
  // The last line before the gap may be incomplete.
  return () => void (lost > 0 && process.stderr.write(`\nwarning: ${lost} messages could not be written here\n`));
}

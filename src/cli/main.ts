/** main: runs the command line in this process, and ends it with the right exit code. */
import { commandLine } from "./commandLine.ts";

// What runs many calls in one process (the tests do) takes it from the same bundle.
export { commandLine };

/** @param argv without node and script */
export async function main(argv: readonly string[]): Promise<void> {
  survivePipes();
  const { stdin, stdout, stderr, env: environment } = process;
  const { run, fail } = commandLine(argv, { stdin, stdout, stderr, environment });
  process.on("uncaughtException", (error) => process.exit(fail(error)));
  const exitCode = await run();
  await flush();
  process.exit(exitCode);
}

/** `mlctl runs | head -1`: a reader that has seen enough is no error. */
function survivePipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(0);
      throw error;
    });
  }
}

/** process.exit drops what a slow pipe has not taken yet. */
async function flush(): Promise<void> {
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((done) => void stream.write("", () => done()));
}

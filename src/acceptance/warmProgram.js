/**
 * A process that runs many command lines of mlctl, one after the other: the program that bin/mlctl.js runs, loaded once.
 * Each message is a call; each answer has what bin/mlctl.js would have left on its streams, and its exit code.
 */
import { Readable, Writable } from "node:stream";
import { commandLine } from "../../dist/app/main.js";

/** Where it waits: the folder of a call can be unmounted or removed after it. */
const home = process.cwd();

/** The call that is being answered. */
let current;

process.on("message", async ({ argv, cwd, environment, input }) => {
  if (cwd !== undefined) process.chdir(cwd);
  if (environment !== undefined) setEnvironment(environment);
  const [stdout, stderr] = [collector(), collector()];
  const surroundings = {
    stdin: Readable.from(input === undefined ? [] : [Buffer.from(input)], { objectMode: false }),
    stdout: stdout.stream,
    stderr: stderr.stream,
    environment: process.env,
  };
  const called = commandLine(argv, surroundings);
  current = { called, stdout, stderr };
  try {
    answer(await called.run(), null);
  } catch (error) {
    answer(null, String(error?.stack ?? error));
  }
});

// As in bin/mlctl.js it ends the process; what it says is still printed.
process.on("uncaughtException", (error) => {
  if (current === undefined) throw error;
  answer(current.called.fail(error), null, () => process.exit());
});

process.on("disconnect", () => process.exit());
process.send("ready");

function answer(status, thrown, then) {
  const { stdout, stderr } = current;
  current = undefined;
  // The process of a single call ends here, and its listeners with it.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(signal);
  process.chdir(home);
  process.send({ status, stdout: stdout.text(), stderr: stderr.text(), thrown }, then);
}

/** `process.env` itself: some of the program reads it there. */
function setEnvironment(environment) {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
}

/** A pipe that takes everything. */
function collector() {
  const chunks = [];
  const stream = new Writable({
    decodeStrings: true,
    write(chunk, _, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString("utf8") };
}

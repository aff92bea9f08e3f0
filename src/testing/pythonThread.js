/** Runs code in a long-lived Python process and wakes the waiting test thread. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { workerData } from "node:worker_threads";

/** Runs the code of each line like `python -c`, in its own namespace; imported modules stay loaded. */
const LOOP = `
import contextlib, io, json, sys, traceback
results = sys.stdout
for line in sys.stdin:
    call = json.loads(line)
    sys.argv = ["-c", *call["args"]]
    printed, failure = io.StringIO(), None
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(call["code"], "<test>", "exec"), {"__name__": "__main__"})
    except BaseException:
        failure = traceback.format_exc()
    results.write(json.dumps(dict(stdout=printed.getvalue(), failure=failure)) + "\\n")
    results.flush()
`;

const { port, bell, python } = workerData;
let child;

port.on("message", (call) => {
  child ??= started();
  child.stdin.write(`${JSON.stringify(call)}\n`);
});

function started() {
  const process = spawn(python, ["-W", "ignore", "-c", LOOP], { stdio: ["pipe", "pipe", "ignore"] });
  createInterface({ input: process.stdout }).on("line", (line) => ring(JSON.parse(line)));
  const ended = (why) => {
    child = undefined;
    ring({ stdout: "", failure: `${python} ended: ${why}` });
  };
  process.on("error", (error) => ended(error.message));
  process.on("exit", (status, signal) => ended(signal ?? status));
  process.stdin.on("error", () => {}); // "exit" reports it
  return process;
}

function ring(result) {
  port.postMessage(result);
  Atomics.store(bell, 0, 1);
  Atomics.notify(bell, 0);
}

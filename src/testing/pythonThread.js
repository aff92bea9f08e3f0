/** Passes code to a Python that stays, and wakes the test that sleeps meanwhile. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { workerData } from "node:worker_threads";

/** Runs each line's code as `python -c` would, in names of its own; what is imported stays imported. */
const LOOP = `
import contextlib, io, json, sys, traceback
answers = sys.stdout
for line in sys.stdin:
    call = json.loads(line)
    sys.argv = ["-c", *call["args"]]
    printed, failure = io.StringIO(), None
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(call["code"], "<test>", "exec"), {"__name__": "__main__"})
    except BaseException:
        failure = traceback.format_exc()
    answers.write(json.dumps(dict(stdout=printed.getvalue(), failure=failure)) + "\\n")
    answers.flush()
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
  process.stdin.on("error", () => {}); // told by "exit"
  return process;
}

function ring(answer) {
  port.postMessage(answer);
  Atomics.store(bell, 0, 1);
  Atomics.notify(bell, 0);
}

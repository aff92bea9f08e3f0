/** Passes calls on to a warm program and wakes the test that sleeps meanwhile: `run` answers at once, as spawnSync does. */
import { fork } from "node:child_process";
import { workerData } from "node:worker_threads";

/** A process is renewed after this number of calls, so that what one leaves behind does not add up. */
const CALLS_A_PROCESS = 200;

const { port, bell, script, environment } = workerData;
let child;
let ready;
let calls = 0;
let settle;

port.on("message", async (call) => {
  if (child === undefined || calls >= CALLS_A_PROCESS) start();
  calls++;
  await ready;
  const answered = new Promise((resolve) => (settle = resolve));
  // Undefined: it ended before it could be asked.
  if (child === undefined) return ring({ status: null, stdout: "", stderr: "", thrown: "the process did not start" });
  child.send(call);
  ring(await answered);
});
start();

function start() {
  child?.disconnect();
  calls = 0;
  const started = fork(script, {
    env: environment,
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  child = started;
  ready = new Promise((resolve) => {
    started.on("message", (message) => (message === "ready" ? resolve() : settle(message)));
    started.on("exit", (status, signal) => {
      resolve();
      // One that was renewed ends while another answers.
      if (child !== started) return;
      child = undefined;
      settle?.({ status, stdout: "", stderr: "", thrown: `the process ended: ${signal ?? status}` });
    });
  });
}

function ring(answer) {
  port.postMessage(answer);
  Atomics.store(bell, 0, 1);
  Atomics.notify(bell, 0);
}

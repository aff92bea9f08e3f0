/**
 * A Python process that tests compare results with. Shared by all test files, because importing XGBoost takes seconds.
 */
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";

/** Set MLCTL_TEST_PYTHON to test against other versions of XGBoost or scikit-learn. */
export const PYTHON = process.env["MLCTL_TEST_PYTHON"] ?? "/usr/bin/python3";

/** Longer than any test. */
const TIMEOUT_MILLISECONDS = 120_000;

interface Result {
  readonly stdout: string;
  readonly failure: string | null;
}

type Call = (code: string, args: readonly string[]) => Result;

/** Survives vi.resetModules(), which the unit tests call before each file. */
const shared = globalThis as { mlctlTestPython?: Call };

/** Returns what the code prints; `args` are its sys.argv[1:]. */
export function python(code: string, ...args: string[]): string {
  const { stdout, failure } = (shared.mlctlTestPython ??= started())(code, args);
  if (failure !== null) throw new Error(failure);
  return stdout;
}

/** Whether the modules can be imported, e.g. "xgboost, sklearn". */
export function hasPython(modules: string): boolean {
  try {
    python(`import ${modules}`);
    return true;
  } catch {
    return false;
  }
}

function started(): Call {
  const { port1, port2 } = new MessageChannel();
  const bell = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(new URL("pythonThread.js", import.meta.url), {
    workerData: { port: port2, bell, python: PYTHON },
    transferList: [port2],
    execArgv: [],
  });
  thread.unref();
  port1.unref();
  return (code, args) => {
    Atomics.store(bell, 0, 0);
    while (receiveMessageOnPort(port1) !== undefined); // discards late messages of a process that has ended
    port1.postMessage({ code, args });
    Atomics.wait(bell, 0, 0, TIMEOUT_MILLISECONDS);
    const result = receiveMessageOnPort(port1)?.message as Result | undefined;
    return result ?? { stdout: "", failure: `no response from ${PYTHON}` };
  };
}

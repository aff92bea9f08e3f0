/** A Python that tests compare answers with. It stays for all files of a process: importing XGBoost takes seconds. */
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";

/** Debian's, or the one with another XGBoost or scikit-learn that the tests are to run with. */
export const PYTHON = process.env["MLCTL_TEST_PYTHON"] ?? "/usr/bin/python3";

/** Longer than any test may take. */
const PATIENCE_MILLISECONDS = 120_000;

interface Answer {
  readonly stdout: string;
  readonly failure: string | null;
}

type Call = (code: string, args: readonly string[]) => Answer;

/** Survives vi.resetModules(), which the unit tests call before each file. */
const shared = globalThis as { mlctlTestPython?: Call };

/** What the code prints; `args` are its sys.argv[1:]. */
export function python(code: string, ...args: string[]): string {
  const { stdout, failure } = (shared.mlctlTestPython ??= started())(code, args);
  if (failure !== null) throw new Error(failure);
  return stdout;
}

/** Whether these can be imported, e.g. "xgboost, sklearn". */
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
    while (receiveMessageOnPort(port1) !== undefined); // of a process that ended after its answer
    port1.postMessage({ code, args });
    Atomics.wait(bell, 0, 0, PATIENCE_MILLISECONDS);
    const answer = receiveMessageOnPort(port1)?.message as Answer | undefined;
    return answer ?? { stdout: "", failure: `no answer of ${PYTHON}` };
  };
}

/** Calls mlctl without its start of a quarter of a second: in a process that stays, and as synchronously as spawnSync. */
import { fileURLToPath } from "node:url";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";

/** Longer than any test may take. */
const PATIENCE_MILLISECONDS = 900_000;

export interface WarmCall {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** All variables there are. */
  readonly environment: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
}

export interface WarmAnswer {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface WarmProgram {
  call(call: WarmCall): WarmAnswer;
}

/** Ends with the process that started it. */
export function warmProgram(environment: Readonly<Record<string, string>>): WarmProgram {
  const { port1, port2 } = new MessageChannel();
  const bell = new Int32Array(new SharedArrayBuffer(4));
  const script = fileURLToPath(new URL("warmProgram.js", import.meta.url));
  const thread = new Worker(new URL("warmThread.js", import.meta.url), {
    workerData: { port: port2, bell, script, environment },
    transferList: [port2],
    // Vitest's own are for its process.
    execArgv: [],
  });
  thread.unref();
  port1.unref();
  return {
    call(call) {
      Atomics.store(bell, 0, 0);
      port1.postMessage(call);
      Atomics.wait(bell, 0, 0, PATIENCE_MILLISECONDS);
      const answer = receiveMessageOnPort(port1)?.message as (WarmAnswer & { thrown: string | null }) | undefined;
      const { thrown = "no answer", ...finished } = answer ?? { status: null, stdout: "", stderr: "" };
      if (thrown !== null) throw new Error(`mlctl ${call.argv.join(" ")}: ${thrown}`);
      return finished;
    },
  };
}

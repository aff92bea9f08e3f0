/** Calls mlctl many times, in a process that stays or in one each, and ends what hangs. */
import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { bin, environment } from "../lifecycleWorkspace.ts";

/** No answer takes longer, however hostile the file. */
export const HANG_MILLISECONDS = 10_000;

/** A process that stays is renewed after this number of calls, so that what one leaves behind does not add up. */
const CALLS_A_PROCESS = 200;

export interface Called {
  /** Null: ended by a signal. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What `main` threw, or how the process ended, instead of answering. */
  readonly thrown: string | null;
  readonly milliseconds: number;
}

export interface Caller {
  call(argv: readonly string[]): Promise<Called>;
  stop(): void;
}

/** @param patience how much longer a call may take where the machine is busy with others */
export function staying(directory: string, patience: number): Caller {
  let child: ChildProcess | undefined;
  let calls = 0;
  const stop = (): void => {
    child?.kill("SIGKILL");
    child = undefined;
  };
  const started = async (): Promise<ChildProcess> => {
    if (child !== undefined && calls < CALLS_A_PROCESS) return child;
    stop();
    calls = 0;
    const script = fileURLToPath(new URL("../warmProgram.js", import.meta.url));
    child = fork(script, {
      cwd: directory,
      env: environment(),
      execArgv: [],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    await once(child, "message");
    return child;
  };
  const call = async (argv: readonly string[]): Promise<Called> => {
    const process = await started();
    calls++;
    const start = performance.now();
    const answer = new Promise<Omit<Called, "milliseconds">>((resolve) => {
      const nothing = { status: null, stdout: "", stderr: "" };
      const timer = setTimeout(() => resolve({ ...nothing, thrown: "no answer" }), HANG_MILLISECONDS * patience);
      const settle = (result: Omit<Called, "milliseconds">): void => {
        clearTimeout(timer);
        process.removeAllListeners("message").removeAllListeners("exit");
        resolve(result);
      };
      process.once("message", (message) => settle(message as Omit<Called, "milliseconds">));
      process.once("exit", (code, signal) => settle({ ...nothing, thrown: `process ended: ${code ?? signal}` }));
      process.send({ argv });
    });
    const result = await answer;
    if (result.thrown !== null) stop();
    return { ...result, milliseconds: performance.now() - start };
  };
  return { call, stop };
}

/** Through bin/mlctl.js, as a person calls it. */
export async function callBin(directory: string, argv: readonly string[], patience: number): Promise<Called> {
  const start = performance.now();
  const child = spawn(process.execPath, [bin, ...argv], { cwd: directory, env: environment() });
  let [stdout, stderr, thrown] = ["", "", null as string | null];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const timer = setTimeout(() => {
    thrown = "no answer";
    child.kill("SIGKILL");
  }, HANG_MILLISECONDS * patience);
  const [status, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  if (signal !== null) thrown ??= `process ended: ${signal}`;
  return { status, stdout, stderr, thrown, milliseconds: performance.now() - start };
}

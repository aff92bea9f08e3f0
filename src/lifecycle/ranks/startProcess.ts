/** A process with its children: what it prints, why it ended, and how to end it. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface StartedProcess {
  /** Undefined for exit code 0, else the reason. */
  readonly ended: Promise<string | undefined>;
  /** Asks it to end, then forces it. @returns when it has ended */
  stop(): Promise<void>;
}

/** Launchers such as srun end their processes on other machines first. */
const KILL_AFTER_MS = 10_000;
const KEPT_LINES = 3;

/** @param command words, or a line for a shell. It ends with this process only if it reads its stdin. */
export function startProcess(
  command: string | readonly string[],
  { onLine, cwd }: { readonly onLine: (line: string) => void; readonly cwd?: string },
): StartedProcess {
  // A process group of its own, so that the children of a shell are stopped too.
  const options = { detached: process.platform !== "win32", windowsHide: true, stdio: "pipe", cwd } as const;
  const child =
    typeof command === "string"
      ? spawn(command, { ...options, shell: true })
      : spawn(command[0]!, command.slice(1), options);
  const printed: string[] = [];
  createInterface(child.stdout).on("line", onLine);
  createInterface(child.stderr).on("line", (line) => printed.push(line) > KEPT_LINES && printed.shift());
  child.stdin.on("error", () => undefined);
  const ended = new Promise<string | undefined>((resolve) => {
    child.once("error", ({ message }) => resolve(message));
    // What it left behind, such as the master of ssh connections, may keep its outputs open.
    child.once("exit", () => setTimeout(() => [child.stdout, child.stderr].forEach((each) => each.destroy()), 1000));
    child.once("close", (code, signal) => {
      if (code === null) return resolve(`ended by ${signal}`);
      resolve(code === 0 ? undefined : [`exit code ${code}`, ...printed].join(": "));
    });
  });
  const kill = (signal: NodeJS.Signals): void => {
    try {
      if (options.detached && child.pid !== undefined) process.kill(-child.pid, signal);
      else child.kill(signal);
    } catch {
      // It has already ended.
    }
  };
  return {
    ended,
    async stop() {
      kill("SIGTERM");
      const timer = setTimeout(() => kill("SIGKILL"), KILL_AFTER_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Command: a program of the user is run with the alert as JSON on its stdin. */
import { spawn } from "node:child_process";
import { alertPayload } from "./alertPayload.ts";
import type { Channel } from "./channel.ts";

export interface CommandSettings {
  readonly type: "command";
  /** A line for the shell. */
  readonly command: string;
}

/** So much of what it complains about is told. */
const TOLD = 300;

export function command({ command: line }: CommandSettings, timeoutMs: number): Channel {
  return {
    type: "command",
    // Its arguments may hold a token.
    name: `command ${line.trim().split(/\s+/)[0] ?? ""}`,
    secrets: [line],
    timeoutMs,
    send: (alert, signal) =>
      new Promise((resolve, reject) => {
        // A group of its own, so that what the shell started ends with it.
        const child = spawn(line, { shell: true, detached: true, stdio: ["pipe", "ignore", "pipe"] });
        const stop = (): void => stopGroup(child.pid);
        signal.addEventListener("abort", stop, { once: true });
        let complaint = "";
        child.stderr.on("data", (chunk: Buffer) => (complaint = `${complaint}${chunk.toString()}`.slice(-TOLD)));
        child.on("error", reject);
        child.on("close", (code, killedBy) => {
          signal.removeEventListener("abort", stop);
          if (code === 0) return resolve();
          const ended = code === null ? `it was ended by ${killedBy}` : `it ended with ${code}`;
          reject(new Error(complaint.trim() === "" ? ended : `${ended}: ${complaint.trim()}`));
        });
        // A program that does not read its stdin is no failure.
        child.stdin.on("error", () => undefined);
        child.stdin.end(`${JSON.stringify(alertPayload(alert))}\n`);
      }),
  };
}

function stopGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGTERM");
  } catch (error) {
    // It ended by itself in the meantime.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

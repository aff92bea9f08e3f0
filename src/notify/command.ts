/** Command channel: runs a shell command with the alert as JSON on its stdin. */
import { spawn } from "node:child_process";
import { alertPayload, type ChannelParts } from "./channel.ts";

export interface CommandSettings {
  readonly type: "command";
  readonly command: string;
}

const STDERR_LENGTH = 300;

/** @param variables of mlctl.env; the command gets those that it names as $NAME, which `mlctl config trust` covers */
export function command({ command: line }: CommandSettings, variables: Readonly<Record<string, string>>): ChannelParts {
  const named = Object.entries(variables).filter(([name]) => new RegExp(String.raw`\$\{?${name}\b`).test(line));
  const own = { ...Object.fromEntries(named), ...process.env };
  // Every user can read the words of a process, but not its environment.
  const [shown, env] =
    process.platform === "win32"
      ? [line, own]
      : ['line=$ALERT_COMMAND; unset ALERT_COMMAND; eval "$line"', { ...own, ALERT_COMMAND: line }];
  return {
    // Only the program, because arguments may contain a token.
    name: `command ${line.trim().split(/\s+/)[0] ?? ""}`,
    secrets: [line, ...named.map(([, value]) => value)],
    send: (alert, signal) =>
      new Promise((resolve, reject) => {
        // Its own process group, so that children of the shell are stopped too.
        const child = spawn(shown, { shell: true, detached: true, stdio: ["pipe", "ignore", "pipe"], env });
        const stop = (): void => stopGroup(child.pid);
        signal.addEventListener("abort", stop, { once: true });
        let stderr = "";
        child.stderr.on("data", (chunk: Buffer) => (stderr = `${stderr}${chunk.toString()}`.slice(-STDERR_LENGTH)));
        child.on("error", reject);
        child.on("close", (code, killedBy) => {
          signal.removeEventListener("abort", stop);
          if (code === 0) return resolve();
          const ended = code === null ? `terminated by ${killedBy}` : `exit code ${code}`;
          reject(new Error(stderr.trim() === "" ? ended : `${ended}: ${stderr.trim()}`));
        });
        // The program need not read its stdin.
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
    // It has already ended.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

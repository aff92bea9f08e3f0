/** Starts workers with `workers.launch` of config.json. */
import { spawn, type ChildProcess } from "node:child_process";
import type { Workspace } from "../workspace.ts";

/** Number of characters of stderr to report. */
const STDERR_LENGTH = 300;

/**
 * Nothing is run before config.json is trusted; what cannot be started is a warning, because the command that needs help
 * works without it, too.
 * @returns ends what was started
 */
export function launchWorkers({ config, trust, paths, context }: Workspace): () => void {
  const { launch, count } = config.workers;
  const warn = (message: string, hint?: string): void =>
    context.emit({ type: "warning", stage: "workers", message, ...(hint !== undefined && { hint }) });
  if (launch === null) return () => {};
  const refusal = trust.refusal("workers.launch");
  if (refusal !== undefined) {
    warn(refusal.message, refusal.hint);
    return () => {};
  }
  let isOver = false;
  const started = linesOf(launch, count).map((line): ChildProcess => {
    // Its own process group, so that what the shell started is ended too.
    const child = spawn(line, {
      shell: true,
      detached: true,
      cwd: paths.workspace,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr = `${stderr}${chunk.toString()}`.slice(-STDERR_LENGTH)));
    child.on("error", (error) => warn(`workers.launch: ${error.message}`));
    child.on("close", (code) => {
      if (code !== 0 && !isOver) warn(`workers.launch ended with exit code ${code}: ${stderr.trim() || line}`);
    });
    return child;
  });
  return () => {
    isOver = true;
    for (const { pid, exitCode } of started) {
      if (pid === undefined || exitCode !== null) continue;
      try {
        process.kill(-pid, "SIGTERM");
      } catch {
        // It has ended meanwhile.
      }
    }
  };
}

/** `{index}` is 1 to `count`, in a line each; without it, there is one line. */
function linesOf(launch: string, count: number): string[] {
  const line = launch.replaceAll("{count}", String(count));
  if (!line.includes("{index}")) return [line];
  return Array.from({ length: count }, (_, i) => line.replaceAll("{index}", String(i + 1)));
}

/** Starts workers with `workers.launch` of config.json. */
import { startProcess } from "../ranks/startProcess.ts";
import type { Workspace } from "../workspace.ts";

/**
 * Nothing is run before config.json is trusted; what cannot be started is a warning, because the command that needs help
 * works without it, too.
 * @returns ends what was started
 */
export function launchWorkers({ config, trust, paths, context }: Workspace): () => Promise<void> {
  const { launch, count } = config.workers;
  const refusal = launch === null ? undefined : trust.refusal("workers.launch");
  const warn = (message: string, hint?: string): void =>
    context.emit({ type: "warning", stage: "workers", message, ...(hint !== undefined && { hint }) });
  if (refusal !== undefined) warn(refusal.message, refusal.hint);
  if (launch === null || refusal !== undefined) return async () => {};
  let isOver = false;
  const started = linesOf(launch, count).map((line) => {
    const child = startProcess(line, { onLine: () => {}, cwd: paths.workspace });
    void child.ended.then((reason) => {
      if (reason !== undefined && !isOver) warn(`workers.launch: ${reason}`);
    });
    return child;
  });
  return async () => {
    isOver = true;
    await Promise.all(started.map((child) => child.stop()));
  };
}

/** `{index}` is 1 to `count`, in a line each; without it, there is one line. */
function linesOf(launch: string, count: number): string[] {
  const line = launch.replaceAll("{count}", String(count));
  if (!line.includes("{index}")) return [line];
  return Array.from({ length: count }, (_, i) => line.replaceAll("{index}", String(i + 1)));
}

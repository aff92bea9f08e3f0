/** Starts workers with `workers.launch` of config.json. */
import { startProcess } from "../ranks/startProcess.ts";
import type { Workspace } from "../workspace.ts";

/**
 * Runs nothing before config.json is trusted; what cannot be started is a warning, because the command that needs help
 * works without it, too. `{index}` is 1 to `count`, in a line each; without it, there is one line.
 * @returns ends what was started
 */
export function launchWorkers({ config, trust, paths, context }: Workspace): () => Promise<void> {
  const { launch, count } = config.workers;
  let isOver = launch === null;
  const warn = (message: string, hint?: string): void =>
    context.emit({ type: "warning", stage: "workers", message, ...(hint !== undefined && { hint }) });
  const refusal = isOver ? undefined : trust.refusal("workers.launch");
  if (refusal !== undefined) warn(refusal.message, refusal.hint);
  const line = refusal === undefined ? (launch ?? "").replaceAll("{count}", String(count)) : "";
  const copies = line === "" ? 0 : line.includes("{index}") ? count : 1;
  const started = Array.from({ length: copies }, (_, i) => {
    const own = line.replaceAll("{index}", String(i + 1));
    const child = startProcess(own, { onLine: () => {}, cwd: paths.workspace });
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

/** `mlctl serve`: one process, or several workers that share the port. */
import cluster from "node:cluster";
import { requireVariables } from "../../config/unsetValues.ts";
import type { Workspace } from "../../lifecycle/workspace.ts";
import { requireSafeAddress } from "../http/listen.ts";
import type { InterceptorOptions } from "./interceptor.ts";
import { serveApi } from "./serveApi.ts";
import { runWorkers, type WorkersOptions } from "./workers.ts";
import { asWorker } from "./asWorker.ts";

/** `directory`: that in which mlctl was started; workers start in it too. */
export type ServeCommandOptions = InterceptorOptions & WorkersOptions;

/** Resolves when the workspace's abort signal has stopped it. @throws {MlctlError} as serveApi */
export async function serve(workspace: Workspace, options: ServeCommandOptions): Promise<void> {
  const { accessLog, clock, listening, directory } = options;
  if (cluster.isWorker) return asWorker(workspace, { accessLog, clock });
  requireVariables(workspace.config.serve);
  requireSafeAddress(workspace.config.serve);
  if (workspace.config.serve.workers > 1) return runWorkers(workspace, { directory, clock, listening });
  await serveApi(workspace, { accessLog, clock, listening });
}

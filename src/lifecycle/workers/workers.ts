/** workers: who helps in a shared workspace, and what each does. */
import { openWork } from "../../storage/openWork.ts";
import type { LivingWorker } from "../../storage/records/work.ts";
import { requireServers, type Workspace } from "../workspace.ts";
import { computeVersion } from "./computeVersion.ts";

export interface Workers {
  /** Of this machine. */
  readonly version: string;
  readonly workers: readonly (LivingWorker & {
    /** Has the version of this machine, so that it does its work. */
    readonly helps: boolean;
  })[];
}

/** @throws {MlctlError} kind "notReady" if the workspace is not shared */
export async function livingWorkers({ paths, context, trust }: Workspace): Promise<Workers> {
  requireServers(trust);
  const version = await computeVersion();
  const queue = await openWork(paths, { version, signal: context.signal });
  try {
    await queue.open();
    const workers = await queue.workers();
    return { version, workers: workers.map((each) => ({ ...each, helps: each.version === version })) };
  } finally {
    await queue.close();
  }
}

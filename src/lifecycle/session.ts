/** A session: a workspace with its open index. A writing session holds the workspace lock. */
import { firstLines } from "../core/text/format.ts";
import { recover } from "../core/errors.ts";
import { fetchDeployed } from "../storage/deployment/currentDeployment.ts";
import { repairDeployment } from "../storage/deployment/repairDeployment.ts";
import { MAX_AHEAD_MILLISECONDS, type DatedAhead } from "../storage/store/clockAhead.ts";
import { readStore, syncStore } from "../storage/store/syncStore.ts";
import { requireKinds } from "../storage/files/workspacePaths.ts";
import { openStore } from "../storage/store/openStore.ts";
import type { RunStore } from "../storage/store/runStore.ts";
import { removeStaleTemporaries } from "../storage/files/atomicWrite.ts";
import { keptTables } from "./keptTables.ts";
import { requireServers, type Workspace } from "./workspace.ts";

export interface Session extends Workspace {
  readonly store: RunStore;
}

export interface WritingOptions {
  /** Name of the lock holder, shown to processes that wait for the lock, e.g. "mlctl train". */
  readonly command: string;
  /** Maximum wait for the lock, in milliseconds. */
  readonly waitMs: number;
}

/**
 * Runs work that writes: takes the lock, repairs what a killed process left behind, and always releases the lock.
 * @throws {MlctlError} kind "busy" when another mlctl process holds the lock of this workspace
 */
export async function writing<T>(
  workspace: Workspace,
  options: WritingOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { paths, records, context } = workspace;
  requireKinds(paths);
  const lock = await records.lock(lockRequest(workspace, options));
  try {
    const store = openStore(paths.index);
    try {
      const { problems } = await syncStore(records, store);
      for (const message of firstLines(problems.map(({ path, error }) => `skipped ${path}: ${error.message}`)))
        context.emit({ type: "warning", stage: "records", message });
      for (const folder of [paths.datasets, paths.models]) removeStaleTemporaries(folder);
      // Who needs a file that cannot be had says why.
      await fetchDeployed(workspace).catch(recover(() => {}));
      for (const path of repairDeployment(paths)) {
        context.emit({ type: "warning", stage: "repair", message: `${path} was damaged and has been restored` });
      }
      const ahead = store.datedAhead();
      if (ahead !== undefined) context.emit({ type: "warning", stage: "clock", message: aheadMessage(ahead) });
      const now = steadyClock(store, lock.now);
      return await work({ ...workspace, context: { ...context, now }, store, tables: keptTables() });
    } finally {
      store.close();
    }
  } finally {
    await lock.release();
  }
}

export function lockRequest({ context: { now, signal, emit } }: Workspace, { command, waitMs }: WritingOptions) {
  const onWait = (message: string): void => emit({ type: "warning", stage: "lock", message });
  return { command, waitMs, now, signal, onWait };
}

/** Runs read-only work: takes no lock and creates no file. */
export async function reading<T>(workspace: Workspace, work: (session: Session) => Promise<T> | T): Promise<T> {
  const { paths, context, trust } = workspace;
  requireServers(trust);
  requireKinds(paths);
  const store = await readStore(workspace, (error) => {
    const message = `${error.message}: reading the record files instead`;
    context.emit({ type: "warning", stage: "store", message, hint: "run `mlctl reindex`" });
  });
  try {
    return await work({ ...workspace, store });
  } finally {
    store.close();
  }
}

/** What a clock that was wrong left behind; also a finding of doctor. */
export function aheadMessage({ count, newest }: DatedAhead): string {
  const records = count === 1 ? "1 record is" : `${count} records are`;
  return `${records} dated after this machine's clock, up to ${newest}: it is wrong now, or was wrong then; new records get its time, and those count as the oldest`;
}

/**
 * A clock that never goes behind the newest record. mlctl finds the newest record by its time: if the clock were set back
 * (or records came from a machine whose clock is ahead), new data would look old and be ingested and trained repeatedly.
 * Records more than a day ahead do not count: one moment at a wrong date would date all that follows.
 */
export function steadyClock(store: Pick<RunStore, "datasets" | "runs" | "deployments">, now: () => Date): () => Date {
  const newest = [
    store.datasets()[0]?.createdAt,
    store.runs({ limit: 1 })[0]?.createdAt,
    store.deployments()[0]?.deployedAt,
  ];
  const possible = newest.flatMap((time) => (time === undefined ? [] : [Date.parse(time)]));
  const latest = now().getTime() + MAX_AHEAD_MILLISECONDS;
  let last = Math.max(0, ...possible.filter((time) => time <= latest));
  return () => {
    last = Math.max(last + 1, now().getTime());
    return new Date(last);
  };
}

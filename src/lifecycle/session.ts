/** Session: a workspace with its index, under the one lock when something is to be written. */
import { acquireLock, type LockOptions } from "../storage/lock.ts";
import { repairDeployment } from "../storage/deployment/repairDeployment.ts";
import { readStore } from "../storage/store/readStore.ts";
import { requireKinds } from "../storage/files/requireKinds.ts";
import { openStore } from "../storage/store/openStore.ts";
import type { RunStore } from "../storage/store/runStore.ts";
import { requireSettled, settleReplacement } from "../storage/backup/settleReplacement.ts";
import { syncStore } from "../storage/store/syncStore.ts";
import { removeStaleTemporaries } from "../storage/files/temporaryPath.ts";
import { keptTables } from "./keptTables.ts";
import type { Workspace } from "./workspace.ts";

export interface Session extends Workspace {
  readonly store: RunStore;
}

export interface WritingOptions {
  /** What others are told who find the lock taken, e.g. "mlctl train". */
  readonly command: string;
  /** How long to wait for the lock, in milliseconds. */
  readonly waitMs: number;
}

/**
 * Does work that writes: takes the lock, heals what a killed process left, and frees the lock whatever happens.
 * @throws {MlctlError} kind "busy" when another mlctl works in this workspace
 */
export async function writing<T>(
  workspace: Workspace,
  options: WritingOptions,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { paths, context } = workspace;
  requireKinds(paths);
  const onWait = (message: string): void => context.emit({ type: "warning", stage: "lock", message });
  const { now: clock, signal } = context;
  const locking = { ...options, now: clock, signal, onWait };
  const release = await acquireLock({ database: paths.database, ...locking });
  try {
    await settleRestore(workspace, locking);
    const store = openStore(paths.database);
    try {
      for (const { path, error } of syncStore(paths, store).problems) {
        context.emit({ type: "warning", stage: "records", message: `${path} is left out: ${error.message}` });
      }
      for (const folder of [paths.datasets, paths.models]) removeStaleTemporaries(folder);
      for (const path of repairDeployment(paths).restored) {
        context.emit({ type: "warning", stage: "repair", message: `${path} was damaged and is restored` });
      }
      const now = steadyClock(store, context.now);
      return await work({ ...workspace, context: { ...context, now }, store, tables: keptTables() });
    } finally {
      store.close();
    }
  } finally {
    release();
  }
}

/**
 * Ends a restore that was cut off.
 * @param options of a process that holds the lock
 */
export async function settleRestore(
  { paths, context }: Workspace,
  options: WritingOptions & Pick<LockOptions, "now">,
): Promise<void> {
  const settled = await settleReplacement(paths.workspace, { ...options, held: paths.database, force: false });
  if (settled === undefined) return;
  const message =
    settled === "undone"
      ? "a restore that was cut off is undone: what was there before is back; restore again"
      : "a restore that was cut off is finished";
  context.emit({ type: "warning", stage: "restore", message });
}

/** Does work that only looks: no lock, and no file is made. */
export async function reading<T>(workspace: Workspace, work: (session: Session) => Promise<T> | T): Promise<T> {
  const { paths, context } = workspace;
  requireSettled(paths);
  requireKinds(paths);
  const store = readStore(paths, ({ message }) =>
    context.emit({
      type: "warning",
      stage: "store",
      message: `${message}: the records answer in its place`,
      hint: "run `mlctl reindex`",
    }),
  );
  try {
    return await work({ ...workspace, store });
  } finally {
    store.close();
  }
}

/**
 * "Newest" is decided by time: with a clock set back (or records from a machine whose clock is ahead), new data would
 * look older than old data and be ingested and trained again for ever.
 */
export function steadyClock(store: Pick<RunStore, "datasets" | "runs" | "deployments">, now: () => Date): () => Date {
  const newest = [
    store.datasets()[0]?.createdAt,
    store.runs({ limit: 1 })[0]?.createdAt,
    store.deployments()[0]?.deployedAt,
  ];
  let last = Math.max(...newest.map((time) => (time === undefined ? 0 : Date.parse(time))));
  return () => {
    last = Math.max(last + 1, now().getTime());
    return new Date(last);
  };
}

/** reindex: the store anew from the records in the folders. */
import { acquireLock } from "../../storage/lock.ts";
import { reindex as reindexStorage, type ReindexResult } from "../../storage/store/reindex.ts";
import { requireKinds } from "../../storage/files/requireKinds.ts";
import { settleRestore, type WritingOptions } from "../session.ts";
import type { Workspace } from "../workspace.ts";

/** Takes the lock itself: the store it mends may be too damaged to be opened. */
export async function reindex(workspace: Workspace, options: WritingOptions): Promise<ReindexResult> {
  const { paths, context } = workspace;
  const { now, signal } = context;
  requireKinds(paths);
  const locking = { ...options, now, signal };
  const release = await acquireLock({ database: paths.database, ...locking });
  try {
    await settleRestore(workspace, locking);
    return reindexStorage(paths, now());
  } finally {
    release();
  }
}

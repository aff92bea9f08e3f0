/** reindex: rebuilds the index from the record files. */
import { acquireLock } from "../../storage/lock.ts";
import { reindex as reindexStorage, type ReindexResult } from "../../storage/store/reindex.ts";
import { requireKinds } from "../../storage/files/requireKinds.ts";
import { settleRestore, type WritingOptions } from "../session.ts";
import type { Workspace } from "../workspace.ts";

/** Takes the lock itself instead of using `writing`, because the index may be too damaged to open. */
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

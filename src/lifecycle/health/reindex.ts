/** reindex: rebuilds the index from the records. */
import { reindex as reindexStorage, type ReindexResult } from "../../storage/store/syncStore.ts";
import { requireKinds } from "../../storage/files/requireKinds.ts";
import { settleRestore, type WritingOptions } from "../session.ts";
import type { Workspace } from "../workspace.ts";

/** Takes the lock itself instead of using `writing`, because the index may be too damaged to open. */
export async function reindex(workspace: Workspace, options: WritingOptions): Promise<ReindexResult> {
  const { paths, records, context } = workspace;
  const { now, signal } = context;
  requireKinds(paths);
  const locking = { ...options, now, signal };
  const lock = await records.lock(locking);
  try {
    await settleRestore(workspace, locking);
    return await reindexStorage(records, paths.index, now());
  } finally {
    await lock.release();
  }
}

/** reindex: the store anew from the records in the folders. */
import { acquireLock } from "../storage/lock.ts";
import { reindex as reindexStorage, type ReindexResult } from "../storage/reindex.ts";
import { requireKinds } from "../storage/requireKinds.ts";
import type { WritingOptions } from "./session.ts";
import type { Workspace } from "./workspace.ts";

/** Takes the lock itself: the store it mends may be too damaged to be opened. */
export async function reindex({ paths, context }: Workspace, options: WritingOptions): Promise<ReindexResult> {
  const { now, signal } = context;
  requireKinds(paths);
  const release = await acquireLock({ database: paths.database, ...options, now, signal });
  try {
    return reindexStorage(paths, now());
  } finally {
    release();
  }
}

/** Keeps this machine's copy of a shared workspace up to date while a server or a watcher runs. */
import { messageOf } from "../core/errors.ts";
import { fetchDeployed } from "../storage/deployment/currentDeployment.ts";
import { openStore } from "../storage/store/openStore.ts";
import { syncStore } from "../storage/store/syncStore.ts";
import type { Workspace } from "./workspace.ts";

/** The time after which a deployment of another machine is served. */
const POLL_MS = 1000;

/**
 * Returns after the first update. While the database is away, the copy is used, and one warning says so.
 * @returns close; in a workspace of folders, nothing is done
 * @throws {MlctlError} if the database cannot be reached at the start, because the copy may be old
 */
export async function followRecords(workspace: Workspace): Promise<() => void> {
  const { paths, records, context } = workspace;
  if (paths.shared === undefined) return () => {};
  const store = openStore(paths.index);
  let isAway = false;
  let isClosed = false;
  const update = async (): Promise<void> => {
    await syncStore(records, store);
    await fetchDeployed(workspace);
  };
  const tried = async (): Promise<void> => {
    try {
      await update();
      if (isAway) context.emit({ type: "stage", stage: "records", message: "the records are up to date again" });
      isAway = false;
    } catch (error) {
      if (isAway || isClosed) return;
      isAway = true;
      const message = `new deployments and records are not seen: ${messageOf(error)}`;
      context.emit({ type: "warning", stage: "records", message, again: true });
    }
  };
  await update().catch((error: unknown) => {
    store.close();
    throw error;
  });
  let timer: NodeJS.Timeout;
  const later = (): void => void (timer = setTimeout(() => void tried().then(next), POLL_MS).unref());
  const next = (): void => void (isClosed ? store.close() : later());
  later();
  return () => {
    if (isClosed) return;
    isClosed = true;
    clearTimeout(timer);
    store.close();
  };
}

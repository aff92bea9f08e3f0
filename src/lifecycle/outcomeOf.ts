/** What became of a trained model: which of the steps after training are still to be done. */
import type { Run } from "../core/run.ts";
import type { Session } from "./session.ts";

/** The tag of a run that says why it was not deployed. */
export const KEPT_TAG = "kept";

/** True once the promotion rule has spoken on this run: it was deployed, or it lost. */
export function isDecided({ store }: Pick<Session, "store">, run: Run): boolean {
  return KEPT_TAG in run.tags || store.deployments().some(({ runId }) => runId === run.runId);
}

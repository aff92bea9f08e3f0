/** Reads from the records whether a run was deployed, and why or why not. */
import type { Run } from "../../core/records/lineage.ts";
import { sha256Text } from "../../storage/files/workspacePaths.ts";
import type { Session } from "../session.ts";

/** Run tag with the reasons why the run was not deployed. */
export const KEPT_TAG = "kept";

/** Run tag with the hash of the promotion rules under which the run was not deployed. */
export const RULES_TAG = "kept_under";

type Store = Pick<Session, "store">;

export function isDecided({ store, config }: Pick<Session, "store" | "config">, run: Run): boolean {
  return run.tags[RULES_TAG] === rulesHash(config) || wasDeployed({ store }, run);
}

/** Hash of the promotion rules. If it changes, a rejected run is evaluated again. */
export function rulesHash({ promotion }: Pick<Session["config"], "promotion">): string {
  return sha256Text(JSON.stringify(promotion)).slice(0, 12);
}

export function wasDeployed({ store }: Store, { runId }: Run): boolean {
  return store.deployments().some((deployment) => deployment.runId === runId);
}

export function isInProduction({ store }: Store, { runId }: Run): boolean {
  return store.deployments()[0]?.runId === runId;
}

/** Why the run was deployed or not; empty if that is not decided yet. */
export function verdictReasons({ store }: Store, run: Run): readonly string[] {
  const deployment = store.deployments().find(({ runId }) => runId === run.runId);
  return deployment?.reasons ?? run.tags[KEPT_TAG]?.split("; ") ?? [];
}

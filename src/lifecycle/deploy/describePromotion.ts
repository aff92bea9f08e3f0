/** What became of a trained model, as records tell it. */
import type { Run } from "../../core/records/run.ts";
import { sha256Text } from "../../storage/files/sha256.ts";
import type { Session } from "../session.ts";

/** The tag of a run that says why it was not deployed. */
export const KEPT_TAG = "kept";

/** The tag of a run that says under which rules it was not deployed. */
export const RULES_TAG = "kept_under";

type Store = Pick<Session, "store">;

/** True once the promotion rule has spoken on this run: it was deployed, or it lost. */
export function isDecided({ store, config }: Pick<Session, "store" | "config">, run: Run): boolean {
  return run.tags[RULES_TAG] === rulesHash(config) || wasDeployed({ store }, run);
}

/** A run that lost under other rules is put to the present ones. */
export function rulesHash({ promotion }: Pick<Session["config"], "promotion">): string {
  return sha256Text(JSON.stringify(promotion)).slice(0, 12);
}

export function wasDeployed({ store }: Store, { runId }: Run): boolean {
  return store.deployments().some((deployment) => deployment.runId === runId);
}

export function isInProduction({ store }: Store, { runId }: Run): boolean {
  return store.deployments()[0]?.runId === runId;
}

/** Why it was deployed or kept; none while the rule has not spoken. */
export function verdictReasons({ store }: Store, run: Run): readonly string[] {
  const deployment = store.deployments().find(({ runId }) => runId === run.runId);
  return deployment?.reasons ?? run.tags[KEPT_TAG]?.split("; ") ?? [];
}

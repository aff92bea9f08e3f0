/** The copies that deployments have of their models, as prune sees them. */
import type { Deployment } from "../core/deployment.ts";
import { releaseFiles, releasesAreOwn } from "../storage/deployment/pruneRelease.ts";
import { rollbackTargets } from "../storage/deployment/rollbackTarget.ts";
import type { PruneCandidate } from "./pruneCandidates.ts";
import type { Session } from "./session.ts";

/** A server that takes up a deployment may find the next one in force before it has read the model. */
const NEWEST = 3;

/** So many rollbacks are possible whatever config.json says. */
const ROLLBACKS = 2;

interface Release extends PruneCandidate {
  readonly release: Deployment;
}

export interface Releases {
  /** Newest first, without those that were pruned. */
  readonly candidates: readonly Release[];
  /** Numbers of those that stay whatever config.json says. */
  readonly inForce: ReadonlySet<number>;
  /** What a killed prune left; never of the one in force, whatever a record that was copied by hand says of it. */
  readonly left: readonly Release[];
}

export function releasesOf({ store, paths, context }: Session): Releases {
  const history = store.deployments();
  const all = history.map((deployment, i): Release => {
    const next = history[i - 1];
    return {
      // As `mlctl lineage` takes it.
      id: `d${deployment.deploymentId}`,
      createdAt: deployment.deployedAt,
      ...(next === undefined ? {} : { agesFrom: next.deployedAt }),
      records: [],
      files: releaseFiles(paths, deployment) ?? [],
      release: deployment,
    };
  });
  const candidates = all.filter(({ release }) => release.prunedAt === undefined);
  if (!releasesAreOwn(paths)) {
    const message = "the folder releases leads out of prod_deployment_path: nothing is pruned there";
    context.emit({ type: "warning", stage: "prune", message });
    return { candidates, inForce: new Set(history.map(({ deploymentId }) => deploymentId)), left: [] };
  }
  const staying = [...history.slice(0, NEWEST), ...rollbackTargets(history).slice(0, ROLLBACKS)];
  return {
    candidates,
    inForce: new Set(staying.map(({ deploymentId }) => deploymentId)),
    left: all
      .slice(1)
      .filter(({ release }) => release.prunedAt !== undefined && releaseFiles(paths, release) !== undefined),
  };
}

/** Deployment: production_deployment/deployment.json. Replacing this file is the commit point of every deployment. */
import type { Artifact } from "./artifact.ts";

export interface Deployment {
  readonly kind: "deployment";
  /** Counts up from 1 without gaps. */
  readonly deploymentId: number;
  readonly runId: string;
  readonly deployedAt: string;
  readonly previousRunId: string | null;
  readonly action: "deploy" | "rollback" | "force";
  readonly reasons: readonly string[];
  /**
   * Aliases of the deployed model, e.g. champion. They follow deployment.json, so that one file rename switches all.
   */
  readonly aliases: readonly string[];
  readonly metric: string;
  readonly value: number | null;
  readonly datasetSha256: string;
  readonly configSha256: string;
  /** The deployed copies, in their own folder that no later deployment touches. */
  readonly model: Artifact;
  readonly latestScore: Artifact | null;
  readonly ingestedFiles: Artifact | null;
  /** When prune deleted those copies; the record stays. */
  readonly prunedAt?: string;
}

/** Deployment: production_deployment/deployment.json. Replacing this file is the commit point of every deployment. */
import type { Artifact } from "./artifact.ts";

/** Who made a deployment, where and why; records of earlier versions have none of it. */
export interface DeploymentOrigin {
  /** The user of the system; on GitHub Actions the person who started the workflow. */
  readonly by?: string;
  readonly host?: string;
  /** HEAD of the git repository with config.json; absent without one. */
  readonly commit?: string;
  /** Files of that commit had changes that were not committed. */
  readonly dirty?: true;
  readonly message?: string;
}

export interface Deployment extends DeploymentOrigin {
  readonly kind: "deployment";
  readonly deploymentId: number;
  readonly runId: string;
  readonly deployedAt: string;
  readonly previousRunId: string | null;
  readonly action: "deploy" | "rollback" | "force";
  readonly reasons: readonly string[];
  /** They follow deployment.json, so that one rename of a file switches all. */
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

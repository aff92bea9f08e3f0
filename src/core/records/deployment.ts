/** Deployment: production_deployment/deployment.json, the commit point of every switch. */
import type { Artifact } from "./artifact.ts";

export interface Deployment {
  readonly kind: "deployment";
  /** Counts up from 1; the history has no gap. */
  readonly deploymentId: number;
  readonly runId: string;
  readonly deployedAt: string;
  readonly previousRunId: string | null;
  /** "deploy", "rollback" or "force". */
  readonly action: "deploy" | "rollback" | "force";
  readonly reasons: readonly string[];
  /** Names this deployment answers to, e.g. champion: they follow deployment.json, so that one rename switches all. */
  readonly aliases: readonly string[];
  readonly metric: string;
  readonly value: number | null;
  readonly datasetSha256: string;
  readonly configSha256: string;
  /** The deployed copies, in a folder of their own that no later deployment touches. */
  readonly model: Artifact;
  readonly latestScore: Artifact | null;
  readonly ingestedFiles: Artifact | null;
  /** When prune took those copies away; the record stays, to tell what they were. */
  readonly prunedAt?: string;
}

/** Errors for references that no run, or several, match. */
import type { Deployment } from "../../core/records/deployment.ts";
import { MlctlError } from "../../core/errors.ts";

/**
 * @param deployments newest first
 * @param reference a run id or its beginning
 * @returns undefined if no deployment matches, or those of several runs
 */
export function deployedRunError(deployments: readonly Deployment[], reference: string): MlctlError | undefined {
  const matching = deployments.filter(({ runId }) => reference !== "" && runId.startsWith(reference));
  const [newest] = matching;
  if (newest === undefined || matching.some(({ runId }) => runId !== newest.runId)) return undefined;
  const { runId, deploymentId, deployedAt, prunedAt } = newest;
  if (prunedAt === undefined) {
    return new MlctlError("usage", `run ${runId}, which deployment ${deploymentId} deployed, has no record`, {
      hint: "restore its run_<id>.json from a backup, then run `mlctl reindex`",
    });
  }
  return new MlctlError("usage", `run ${runId} was pruned: only the record of deployment ${deploymentId} remains`, {
    hint: `\`mlctl at ${deployedAt}\` shows the deployment; a backup from before ${prunedAt} has its files`,
  });
}

/** Maximum number of candidates in an error message. */
const LISTED = 8;

/** The error for a prefix that several runs have. */
export function ambiguousRunError(prefix: string, ids: readonly string[]): MlctlError {
  const more = ids.length > LISTED ? [`… and ${ids.length - LISTED} more`] : [];
  return new MlctlError("usage", `${ids.length} runs begin with "${prefix}"`, {
    hint: "give more characters of the id",
    details: [...ids.slice(0, LISTED), ...more],
  });
}

/** What can still be said of a run that was in production once and has no record any more. */
import type { Deployment } from "../../core/records/deployment.ts";
import { MlctlError } from "../../core/errors.ts";

/**
 * @param deployments newest first
 * @param reference a run id or its beginning
 * @returns undefined where no deployment, or those of several runs, fit
 */
export function goneRun(deployments: readonly Deployment[], reference: string): MlctlError | undefined {
  const fitting = deployments.filter(({ runId }) => reference !== "" && runId.startsWith(reference));
  const [newest] = fitting;
  if (newest === undefined || fitting.some(({ runId }) => runId !== newest.runId)) return undefined;
  const { runId, deploymentId, deployedAt, prunedAt } = newest;
  if (prunedAt === undefined) {
    return new MlctlError("usage", `run ${runId}, which deployment ${deploymentId} put in production, has no record`, {
      hint: "restore its run_<id>.json from a backup, then run `mlctl reindex`",
    });
  }
  return new MlctlError("usage", `run ${runId} was pruned: only the record of deployment ${deploymentId} tells of it`, {
    hint: `\`mlctl at ${deployedAt}\` shows that; a backup from before ${prunedAt} has its files`,
  });
}

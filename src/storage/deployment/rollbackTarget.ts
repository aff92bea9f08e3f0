import type { Deployment } from "../../core/records/deployment.ts";
import { MlctlError } from "../../core/errors.ts";

/**
 * Deployments are a stack that a rollback pops. After A, B, C it returns to B, then to A, and after a new D to A again. It
 * never returns to a deployment that was rolled back. Deployments of the active run are skipped.
 *
 * @param history newest first
 * @throws {MlctlError} kind "notReady" if nothing is deployed, or there is no earlier deployment, or it was pruned
 */
export function rollbackTarget(history: readonly Deployment[]): Deployment {
  const current = history[0];
  if (current === undefined) throw new MlctlError("notReady", "no model is deployed", { hint: "run `mlctl deploy`" });
  const target = rollbackTargets(history)[0];
  const hint = "`mlctl models list` shows the runs that can be deployed";
  if (target === undefined)
    throw new MlctlError("notReady", `there is no deployment before that of run ${current.runId}`, { hint });
  const { deploymentId, runId, prunedAt } = target;
  if (prunedAt === undefined) return target;
  throw new MlctlError(
    "notReady",
    `the previous deployment, ${deploymentId} of run ${runId}, was pruned at ${prunedAt}: its model is gone`,
    { hint: `${hint}; \`retention.deployments\` sets how many are kept` },
  );
}

/** The targets of successive rollbacks, in order. @param history newest first */
export function rollbackTargets(history: readonly Deployment[]): Deployment[] {
  const stack: Deployment[] = [];
  for (const deployment of history.toReversed()) {
    // A rollback pops what it undid; one to a run that is not on the stack counts as a deployment.
    const isRollback = deployment.action === "rollback";
    const position = isRollback ? stack.findLastIndex(({ runId }) => runId === deployment.runId) : -1;
    if (position >= 0) stack.length = position + 1;
    else stack.push(deployment);
  }
  const targets: Deployment[] = [];
  let runId = history[0]?.runId;
  for (const deployment of stack.toReversed()) {
    if (deployment.runId !== runId) targets.push(withCopies(deployment, history));
    runId = deployment.runId;
  }
  return targets;
}

/** If the deployment was pruned, another deployment of the same run may still have its files, such as a rollback to it. */
function withCopies(deployment: Deployment, history: readonly Deployment[]): Deployment {
  if (deployment.prunedAt === undefined) return deployment;
  return history.find(({ runId, prunedAt }) => runId === deployment.runId && prunedAt === undefined) ?? deployment;
}

/** Which deployment a rollback goes back to. */
import type { Deployment } from "../../core/records/deployment.ts";
import { MlctlError } from "../../core/errors.ts";

/**
 * Deployments are a stack that a rollback pops: after A, B, C it goes to B, then to A, and after a new D to A again;
 * what was rolled back from is never gone back to. Deployments of the run in force are passed over.
 *
 * @param history newest first
 * @throws {MlctlError} kind "notReady" where nothing is deployed, nothing was before, or that was pruned
 */
export function rollbackTarget(history: readonly Deployment[]): Deployment {
  const current = history[0];
  if (current === undefined) throw new MlctlError("notReady", "no model is deployed", { hint: "run `mlctl deploy`" });
  const target = rollbackTargets(history)[0];
  const hint = "`mlctl models list` shows the runs that can be deployed";
  if (target === undefined)
    throw new MlctlError("notReady", `there is no earlier deployment than that of run ${current.runId}`, { hint });
  const { deploymentId, runId, prunedAt } = target;
  if (prunedAt === undefined) return target;
  throw new MlctlError(
    "notReady",
    `the deployment before, ${deploymentId} of run ${runId}, was pruned at ${prunedAt}: its model is gone`,
    { hint: `${hint}; \`retention.deployments\` says how many stay` },
  );
}

/**
 * What one rollback after the other would go back to, in that order.
 * @param history newest first
 */
export function rollbackTargets(history: readonly Deployment[]): Deployment[] {
  const stack: Deployment[] = [];
  for (const deployment of history.toReversed()) {
    if (deployment.action === "rollback") popTo(stack, deployment);
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

/** Takes off what the rollback left behind; one to a run that is not on the stack stands as a deployment itself. */
function popTo(stack: Deployment[], rollback: Deployment): void {
  const position = stack.findLastIndex(({ runId }) => runId === rollback.runId);
  if (position >= 0) stack.length = position + 1;
  else stack.push(rollback);
}

/** Of one that was pruned, a later deployment of the same run may have its copies still: a rollback to it has. */
function withCopies(deployment: Deployment, history: readonly Deployment[]): Deployment {
  if (deployment.prunedAt === undefined) return deployment;
  return history.find(({ runId, prunedAt }) => runId === deployment.runId && prunedAt === undefined) ?? deployment;
}

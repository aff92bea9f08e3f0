/** Which deployment a rollback goes back to. */
import type { Deployment } from "../../core/deployment.ts";
import { MlctlError } from "../../core/errors.ts";

/**
 * Deployments are a stack that a rollback pops: after A, B, C it goes to B, then to A, and after a new D to A again;
 * what was rolled back from is never gone back to. Deployments of the run in force are passed over.
 *
 * @param history newest first
 * @throws {MlctlError} kind "notReady" where nothing is deployed or nothing was before
 */
export function rollbackTarget(history: readonly Deployment[]): Deployment {
  const current = history[0];
  if (current === undefined) throw new MlctlError("notReady", "no model is deployed", { hint: "run `mlctl deploy`" });
  const stack: Deployment[] = [];
  for (const deployment of history.toReversed()) {
    if (deployment.action === "rollback") popTo(stack, deployment);
    else stack.push(deployment);
  }
  const target = stack.findLast(({ runId }) => runId !== current.runId);
  if (target !== undefined) return target;
  throw new MlctlError("notReady", `there is no earlier deployment than that of run ${current.runId}`, {
    hint: "`mlctl models list` shows the runs that can be deployed",
  });
}

/** Takes off what the rollback left behind; one to a run that is not on the stack stands as a deployment itself. */
function popTo(stack: Deployment[], rollback: Deployment): void {
  const position = stack.findLastIndex(({ runId }) => runId === rollback.runId);
  if (position >= 0) stack.length = position + 1;
  else stack.push(rollback);
}

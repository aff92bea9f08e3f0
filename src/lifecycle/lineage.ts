/** lineage: from a model back to the raw files it was made of. */
import type { Dataset } from "../core/dataset.ts";
import type { Deployment } from "../core/deployment.ts";
import { MlctlError } from "../core/errors.ts";
import type { Run } from "../core/run.ts";
import { resolveRun } from "../storage/resolveRun.ts";
import type { Session } from "./session.ts";

export interface LineageResult {
  readonly reference: string;
  readonly run: Run;
  /** Every time the run was put in production, newest first. */
  readonly deployments: readonly Deployment[];
  readonly dataset: Dataset | null;
}

/**
 * @param reference a run, model version, alias or "latest"; "deployment 3" or "d3"
 * @throws {MlctlError} where it names nothing
 */
export function lineage({ store }: Session, reference: string): LineageResult {
  const run = ofDeployment(store.deployments(), reference, (id) => store.run(id)) ?? resolveRun(store, reference);
  return {
    reference,
    run,
    deployments: store.deployments().filter(({ runId }) => runId === run.runId),
    dataset: store.dataset(run.datasetId) ?? store.dataset(run.datasetSha256) ?? null,
  };
}

function ofDeployment(
  deployments: readonly Deployment[],
  reference: string,
  find: (id: string) => Run | undefined,
): Run | undefined {
  const [, prefix, number] = /^(deployment[ -]?|d)(\d+)$/.exec(reference) ?? [];
  if (number === undefined) return undefined;
  const deployment = deployments.find(({ deploymentId }) => deploymentId === Number(number));
  const run = deployment && find(deployment.runId);
  // Run ids are hexadecimal: "d27" may also be how one begins.
  if (run !== undefined || prefix === "d") return run;
  throw new MlctlError("usage", `there is no deployment ${number}`, {
    hint: "`mlctl models list` shows what was deployed",
  });
}

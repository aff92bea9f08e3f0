/** The processes of `train.distributed`; loads nothing else before they are needed. */
import type { FitOptions, Ranks } from "../../core/estimator.ts";
import type { TrainingJob } from "../../estimators/xgboost/engines/engine.ts";
import type { Workspace } from "../workspace.ts";

/**
 * @returns undefined if they are not configured
 * @throws {MlctlError} kind "notReady" if the command that starts them is not trusted
 */
export function ranksOf(workspace: Workspace): Ranks | undefined {
  const settings = workspace.config.train.distributed;
  if (settings === null) return undefined;
  if (settings.launch !== null) workspace.trust.require("train.distributed.launch");
  return {
    count: settings.ranks,
    async fit(job: TrainingJob, { signal, onProgress }: Pick<FitOptions, "signal" | "onProgress">) {
      const { trainInRanks } = await import("./rankGroup.ts");
      return trainInRanks(job, workspace, { settings, ...(signal && { signal }), ...(onProgress && { onProgress }) });
    },
  };
}

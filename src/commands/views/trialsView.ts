/** View of `mlctl runs list --trials`. */
import { shortTime } from "../../core/text/format.ts";
import type { View } from "../../core/view.ts";
import type { TrialList } from "../../lifecycle/tune/trialList.ts";

export function trialsView({ trials, more }: TrialList): View {
  if (trials.length === 0) return { title: "no trials yet", next: "`mlctl tune`" };
  return {
    tables: [
      {
        columns: [
          "trial",
          { header: "created", leaveOut: 1 },
          "family",
          { header: "features", leaveOut: 4 },
          { header: "metric", leaveOut: 3 },
          { header: "folds", leaveOut: 2 },
          "value",
          "status",
          { header: "parameters", overflow: "wrap" },
        ],
        rows: trials.map((trial) => [
          trial.trialId,
          shortTime(trial.createdAt),
          trial.family,
          trial.featureSet,
          trial.metric,
          trial.steps.length,
          trial.value,
          trial.error === undefined ? trial.status : `failed: ${trial.error}`,
          JSON.stringify(trial.params),
        ]),
      },
    ],
    notes: more === 0 ? [] : [`${more} more; --limit ${trials.length + more} shows all`],
  };
}

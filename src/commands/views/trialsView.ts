/** View of `mlctl runs list --trials`. */
import { shortTime } from "../../core/text/format.ts";
import type { View } from "../../core/view.ts";
import type { TrialList } from "../../lifecycle/tune/trialList.ts";
import { tableOf } from "./tableOf.ts";

export function trialsView({ trials, more }: TrialList): View {
  if (trials.length === 0) return { title: "no trials yet", next: "`mlctl tune`" };
  return {
    tables: [
      tableOf(trials, [
        ["trial", ({ trialId }) => trialId],
        [{ header: "created", leaveOut: 1 }, ({ createdAt }) => shortTime(createdAt)],
        ["family", ({ family }) => family],
        [{ header: "features", leaveOut: 4 }, ({ featureSet }) => featureSet],
        [{ header: "metric", leaveOut: 3 }, ({ metric }) => metric],
        [{ header: "folds", leaveOut: 2 }, ({ steps }) => steps.length],
        ["value", ({ value }) => value],
        ["status", ({ error, status }) => (error === undefined ? status : `failed: ${error}`)],
        [{ header: "parameters", overflow: "wrap" }, ({ params }) => JSON.stringify(params)],
      ]),
    ],
    notes: more === 0 ? [] : [`${more} more; --limit ${trials.length + more} shows all`],
  };
}

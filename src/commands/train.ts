/** `mlctl train`: trains the configured models, ranks them and keeps the best. */
import { counted, formatNumber, percent } from "../core/text/format.ts";
import { present } from "../core/text/present.ts";
import { selectionLabel } from "../core/text/selectionLabel.ts";
import type { View } from "../core/view.ts";
import type { LeaderboardRow, TrainResult } from "../lifecycle/train/train.ts";
import { defineCommand, type Command } from "./command.ts";
import { tagValues } from "./flagValues.ts";
import { sharedOptions } from "./globalOptions.ts";
import { inWorkspace } from "./openWorkspaceOf.ts";
import { tableOf, type TableColumn } from "./views/tableOf.ts";

export const train = defineCommand({
  name: "train",
  group: "Lifecycle",
  summary: "train every configured model on the newest dataset and keep the best",
  details:
    "The leaderboard uses the validation set, never the test set. The same data, configuration and seed give the same model, byte for byte.",
  options: {
    seed: sharedOptions.seed,
    metric: { flags: "--metric <name>", setting: "train.metric", description: "metric that ranks the leaderboard" },
    time: {
      flags: "--time <duration>",
      setting: "train.time",
      description: "train for about this long: more models, the best of them in an ensemble",
    },
    ranks: {
      flags: "--ranks <number>",
      type: "integer",
      setting: "train.distributed.ranks",
      description: "fit each xgboost model in this number of processes",
    },
    name: { flags: "--name <name>", description: "name of the runs, for lists and pages" },
    tag: { flags: "--tag <key=value>", type: "list", description: "tag of the runs; a key alone will do; repeatable" },
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl train", "all models of config.json"],
    ["mlctl train --metric roc_auc --seed 7", "another metric, another seed"],
    ["mlctl train --name spring --tag owner=ann", "find its runs again in `mlctl runs list --tag owner=ann`"],
    ["mlctl train --time 60s", "the best model that a minute finds"],
    ["mlctl train --json | jq '.leaderboard[0].metrics'", "metrics of the best model"],
  ],
  async run(invocation) {
    const step = await import("../lifecycle/train/train.ts");
    const tags = tagValues(invocation.options.tag, invocation.options.name);
    const result = await inWorkspace(invocation, { write: "train" }, (session) => step.train(session, { tags }));
    return { result, view: trainView(result) };
  },
}) satisfies Command;

/** Columns: the metric that ranks, then up to three others, and cost if there is one. */
function trainView(result: TrainResult): View {
  const { metric, leaderboard, model, runId, modelVersion, notes, rowsWithoutTarget } = result;
  const rest = Object.keys(leaderboard[0]!.metrics).filter((name) => name !== metric);
  const others = rest.slice(0, leaderboard[0]!.selection === null ? 3 : 0);
  if (rest.includes("cost")) others.push("cost");
  const folds = leaderboard[0]!.selection;
  const isTimed = leaderboard.some(({ predictSeconds }) => predictSeconds !== null);
  const left = rowsWithoutTarget === 0 ? "" : ` (${rowsWithoutTarget} rows without target were left out)`;
  return {
    title: `trained ${counted(leaderboard.length, "model")} on ${result.trainingRows + result.validationRows} rows${left}; best: ${leaderboard[0]!.family}, ${metric} ${formatNumber(result.value)} on ${result.validationRows} validation rows`,
    tables: [
      tableOf(leaderboard, [
        ["#", ({ rank }) => rank],
        ["run", (row) => row.runId],
        ["family", ({ label }) => label],
        folds !== null && [`${metric}, ${selectionLabel(folds)}`, ({ selection }) => selection?.value ?? null],
        folds !== null && ["±", ({ selection }) => selection?.standardDeviation ?? null],
        [metric, ({ metrics }) => metrics[metric] ?? null],
        ...others.map((header, i): TableColumn<LeaderboardRow> => {
          return [{ header, leaveOut: others.length - i }, ({ metrics }) => metrics[header] ?? null];
        }),
        [{ header: "seconds", align: "right", leaveOut: others.length + 1 }, ({ seconds }) => seconds.toFixed(2)],
        isTimed && [
          { header: "ms/1,000 rows", align: "right", leaveOut: others.length + 2 },
          ({ predictSeconds }) => (predictSeconds === null ? null : (predictSeconds * 1000).toFixed(1)),
        ],
        leaderboard.some(({ weight }) => weight !== null) && [
          "weight",
          ({ weight }) => (weight === null ? null : percent(weight)),
        ],
        [{ header: "note", overflow: "wrap" }, ({ note }) => note ?? ""],
      ]),
    ],
    fields: [
      ["run", runId],
      ["version", `v${modelVersion}`],
      ["model", model.path],
      ...Object.entries(result.aliases).map(([name, run]) => [`@${name}`, run] as const),
    ],
    notes: present([
      ...notes,
      folds !== null &&
        `chosen on ${folds.folds} ${folds.method} folds of ${result.trainingRows} training rows; the validation set only evaluates`,
    ]),
    next: "`mlctl score`",
  };
}

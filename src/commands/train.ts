/** `mlctl train` and `tune`: trains the configured models, or searches their parameters first, and keeps the best. */
import { resolve } from "node:path";
import { MlctlError, recover } from "../core/errors.ts";
import { paramsText, selectionLabel } from "../core/text/recordText.ts";
import { counted, formatNumber, percent, present } from "../core/text/format.ts";
import type { View, ViewTable } from "../core/view.ts";
import type { LeaderboardRow, TrainResult } from "../lifecycle/train/train.ts";
import type { TunePlan, TuneResult } from "../lifecycle/tune/tune.ts";
import { defineCommand, tagValues, sharedOptions, type Command } from "./command.ts";
import { inWorkspace } from "./openWorkspaceOf.ts";
import { tableOf, type TableColumn } from "./views/tableOf.ts";

export const train = defineCommand({
  name: "train",
  summary: "train every configured model on the newest dataset and keep the best",
  details:
    "The leaderboard uses the validation set, never the test set. The same data, configuration and seed give the same model, byte for byte.",
  options: {
    seed: sharedOptions.seed,
    metric: ["--metric <name>", "metric that ranks the leaderboard", { setting: "train.metric" }],
    time: [
      "--time <duration>",
      "train for about this long: more models, the best of them in an ensemble; in place of `train.time` of config.json",
      { type: "duration" },
    ],
    ranks: [
      "--ranks <number>",
      "fit each xgboost model in this number of processes",
      { type: "integer", setting: "train.distributed.ranks" },
    ],
    name: ["--name <name>", "name of the runs, for lists and pages"],
    tag: ["--tag <key=value>", "tag of the runs; a key alone will do; repeatable", { type: "list" }],
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
    const { tag, name, time } = invocation.options;
    requireTime(time);
    const tags = tagValues(tag, name);
    const result = await inWorkspace(invocation, { write: "train" }, (session) => step.train(session, { tags, time }));
    return { result, view: trainView(result) };
  },
}) satisfies Command;

function requireTime(time: number | undefined): void {
  if (time === 0) throw new MlctlError("usage", "--time is 0s, must be longer, such as 60s");
}

/** Columns: the metric that ranks, then up to three others, and cost if there is one. */
function leaderboardTable({ metric, leaderboard }: Pick<TrainResult, "metric" | "leaderboard">): ViewTable {
  const rest = Object.keys(leaderboard[0]!.metrics).filter((name) => name !== metric);
  const folds = leaderboard[0]!.selection;
  const others = rest.slice(0, folds === null ? 3 : 0);
  if (rest.includes("cost")) others.push("cost");
  return tableOf(leaderboard, [
    ["#", ({ rank }) => rank],
    ["run", (row) => row.runId],
    ["family", ({ label }) => label],
    folds !== null && [`${metric}, ${selectionLabel(folds)}`, ({ selection }) => selection?.value ?? null],
    folds !== null && ["±", ({ selection }) => selection?.standardDeviation ?? null],
    [folds === null ? metric : `${metric}, validation`, ({ metrics }) => metrics[metric] ?? null],
    ...others.map((header, i): TableColumn<LeaderboardRow> => {
      return [{ header, leaveOut: others.length - i }, ({ metrics }) => metrics[header] ?? null];
    }),
    [{ header: "seconds", align: "right", leaveOut: others.length + 1 }, ({ seconds }) => seconds.toFixed(2)],
    leaderboard.some(({ predictSeconds }) => predictSeconds !== null) && [
      { header: "ms/1,000 rows", align: "right", leaveOut: others.length + 2 },
      ({ predictSeconds }) => (predictSeconds === null ? null : (predictSeconds * 1000).toFixed(1)),
    ],
    leaderboard.some(({ weight }) => weight !== null) && [
      "weight",
      ({ weight }) => (weight === null ? null : percent(weight)),
    ],
    [{ header: "note", overflow: "wrap" }, ({ note }) => note ?? ""],
  ]);
}

function trainView(result: TrainResult): View {
  const { leaderboard, model, runId, modelVersion, notes, rowsWithoutTarget } = result;
  const folds = leaderboard[0]!.selection;
  const left = rowsWithoutTarget === 0 ? "" : ` (${counted(rowsWithoutTarget, "row")} without target left out)`;
  return {
    title: `trained ${counted(leaderboard.length, "model")} on ${result.trainingRows + result.validationRows} rows${left}; best: ${bestModel(result)}`,
    tables: [leaderboardTable(result)],
    fields: [
      ["run", runId],
      ["version", `v${modelVersion}`],
      ["model", model.path],
      ...Object.entries(result.aliases).map(([name, run]) => [`@${name}`, run] as const),
    ],
    notes: [
      ...notes,
      folds !== null &&
        `chosen on ${folds.folds} ${folds.method} folds of ${result.trainingRows} training rows; the validation set only evaluates`,
    ],
    next: "`mlctl score`",
  };
}

export const tune = defineCommand({
  name: "tune",
  summary: "search hyperparameters, then train with the best",
  details:
    "Every model in config.json that has a `search` (if none has, one of each family, over ranges that suit most tables) is tried on every feature set and evaluated on folds of the training set only. The best of each search joins the other models on the leaderboard; the validation set is evaluated once and selects nothing. The same seed gives the same trials with any number of threads. The next call continues an interrupted search. In a workspace whose records are in a database, workers on other machines help: `mlctl worker`, or those that `workers.launch` starts. `train` and `fullprocess` do not search: they use the parameters that --write saves in config.json.",
  options: {
    method: [
      "--method <name>",
      "search method, instead of search.method in config.json",
      { choices: ["grid", "random", "tpe", "halving"] },
    ],
    trials: ["--trials <count>", "number of trials per search (not for grid)", { type: "integer" }],
    time: [
      "--time <duration>",
      "search for this long instead of a number of trials; a model that is clearly behind gets less and less of it; the training afterwards takes its own time, which is printed first",
      { type: "duration" },
    ],
    workers: ["--workers <count>", "number of threads (default: one per core)", { type: "integer" }],
    seed: sharedOptions.seed,
    metric: ["--metric <name>", "metric that ranks the trials", { setting: "train.metric" }],
    fresh: ["--fresh", "ignore the trials of earlier searches"],
    write: [
      "--write",
      "save the parameters that are better than the configured ones on the same folds in config.json; comments and other settings stay unchanged",
    ],
    output: ["-o, --output <file>", "write the changed config.json to this file instead"],
    dryRun: ["--dry-run", "show the number of fits and change nothing"],
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl tune --dry-run", "number of fits"],
    ["mlctl tune", "all searches of config.json; continues after Ctrl-C"],
    ["mlctl tune --method tpe --trials 100 --write", "and save the best parameters in config.json"],
    ["mlctl tune --time 10m", "as many trials as ten minutes allow"],
    ["mlctl tune --json | jq .best", "the best trial"],
  ],
  async run(invocation) {
    const { method, trials, time, workers, fresh, dryRun, write, output } = invocation.options;
    for (const [name, count] of Object.entries({ trials, workers }))
      if (count !== undefined && count < 1) throw new MlctlError("usage", `--${name} is ${count}, must be at least 1`);
    requireTime(time);
    const step = await import("../lifecycle/tune/tune.ts");
    const options = { method, trials, time, workers, fresh };
    if (dryRun && time !== undefined) {
      throw new MlctlError("usage", "--dry-run counts fits, whose number --time leaves open", {
        hint: "mlctl tune --dry-run --trials 30",
      });
    }
    if (dryRun) {
      const plan = await inWorkspace(invocation, "read", (session) => step.planTune(session, options));
      return { result: plan, view: planView(plan) };
    }
    const result = await inWorkspace(invocation, { write: "tune" }, (session) => {
      const saves = write ? session.configPath : null;
      return step.tune(session, { ...options, write: output === undefined ? saves : resolve(output) });
    }).catch(
      recover((error) => {
        const isStopped = error.kind === "interrupted" || error.kind === "terminated";
        const hint = "finished trials are saved: run the same command again to continue";
        throw isStopped ? new MlctlError(error.kind, error.message, { hint, cause: error }) : error;
      }),
    );
    return { result, view: tuneView(result, write || output !== undefined) };
  },
}) satisfies Command;

function bestModel({ leaderboard, metric, value, validationRows }: TrainResult): string {
  const { family, selection } = leaderboard[0]!;
  const folds = selection && `${formatNumber(selection.value)} on ${selectionLabel(selection)}, `;
  return `${family}, ${metric} ${folds ?? ""}${formatNumber(value)} on ${validationRows} validation rows`;
}

function planView({ searches, trials, fits }: TunePlan): View {
  return {
    title: `would fit ${fits} models in ${trials} trials`,
    tables: [
      tableOf(searches, [
        ["family", ({ family }) => family],
        ["features", ({ featureSet }) => featureSet],
        ["method", ({ method }) => method],
        ["trials", (search) => search.trials],
        ["folds", ({ folds, foldMethod }) => `${folds} ${foldMethod}`],
        ["fits", (search) => search.fits],
      ]),
    ],
    next: "`mlctl tune`",
  };
}

function tuneView(result: TuneResult, isWriting: boolean): View {
  const { metric, searches, trials, best, written, modelVersion, model, runId, notes } = result;
  const reused = searches.reduce((sum, search) => sum + search.reused, 0);
  const ran = reused < trials && `ran ${trials - reused} trials`;
  const done = present([ran, reused > 0 && `reused ${reused} of earlier searches`]).join(", ");
  return {
    title: `${done}; best model: ${bestModel(result)}`,
    tables: [
      { title: "leaderboard", ...leaderboardTable(result) },
      {
        title: "searches",
        ...tableOf(searches, [
          ["family", ({ family }) => family],
          ["features", ({ featureSet }) => featureSet],
          [{ header: "method", leaveOut: 3 }, ({ method }) => method],
          ["trials", (search) => search.trials],
          [{ header: "pruned", leaveOut: 1 }, ({ pruned }) => pruned],
          [{ header: "failed", leaveOut: 2 }, ({ failed }) => failed],
          ["folds", (search) => search.folds],
          [`configured ${metric}`, (search) => search.configured],
          [`best ${metric}`, (search) => search.best.value],
          [{ header: "parameters", overflow: "wrap" }, ({ best: found }) => paramsText(found.params)],
        ]),
      },
    ],
    fields: [
      ["run", runId],
      ["version", `v${modelVersion}`],
      ["model", model.path],
      [
        "best of the searches",
        `${best.family} (${paramsText(best.params)}), ${metric} ${formatNumber(best.value)} on ${searches[0]!.folds} folds`,
      ],
      written !== null && ["written to", written],
    ],
    notes: [
      ...notes,
      `searches and leaderboard use ${searches[0]!.foldMethod} folds of ${result.trainingRows} training rows; the validation set only evaluates`,
    ],
    next: `\`mlctl score\`${isWriting ? "" : ", or `mlctl tune --write` to save the parameters in config.json"}`,
  };
}

/** `mlctl tune`: searches hyperparameters on folds of the training set, then trains with the best. */
import { resolve } from "node:path";
import { MlctlError } from "../core/errors.ts";
import { formatNumber } from "../core/text/format.ts";
import { selectionLabel } from "../core/text/selectionLabel.ts";
import type { View } from "../core/view.ts";
import type { TunePlan, TuneResult } from "../lifecycle/tune/tuneResult.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { inWorkspace } from "./openWorkspaceOf.ts";
import { tableOf } from "./views/tableOf.ts";

export const tune = defineCommand({
  name: "tune",
  group: "Improve",
  summary: "search hyperparameters, then train with the best",
  details:
    "Every model in config.json that has a `search` (if none has, one of each family, over ranges that suit most tables) is tried on every feature set and evaluated on folds of the training set only. The best of each search joins the other models on the leaderboard; the validation set is evaluated once and selects nothing. The same seed gives the same trials with any number of threads. The next call continues an interrupted search. `train` and `fullprocess` do not search: they use the parameters that --write saves in config.json.",
  options: {
    method: {
      flags: "--method <name>",
      choices: ["grid", "random", "tpe", "halving"],
      description: "search method, instead of search.method in config.json",
    },
    trials: { flags: "--trials <count>", type: "integer", description: "number of trials per search (not for grid)" },
    time: {
      flags: "--time <duration>",
      type: "duration",
      description:
        "search for about this long instead of a number of trials; the training afterwards takes as long as `mlctl train`",
    },
    workers: { flags: "--workers <count>", type: "integer", description: "number of threads (default: one per core)" },
    seed: sharedOptions.seed,
    metric: { flags: "--metric <name>", setting: "train.metric", description: "metric that ranks the trials" },
    fresh: { flags: "--fresh", description: "ignore the trials of earlier searches" },
    write: {
      flags: "--write",
      description: "save the best parameters in config.json; comments and other settings stay unchanged",
    },
    output: { flags: "-o, --output <file>", description: "write the changed config.json to this file instead" },
    dryRun: { flags: "--dry-run", description: "show the number of fits and change nothing" },
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
    const step = await import("../lifecycle/tune/tune.ts");
    const { writeParams } = await import("../lifecycle/tune/tuneResult.ts");
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
    const saves = write || output !== undefined;
    let canSave = false;
    const result = await inWorkspace(invocation, { write: "tune" }, async (session) => {
      canSave = session.config.train.models !== null;
      if (saves && !canSave) {
        throw new MlctlError("usage", "config.json has no models whose parameters could be saved", {
          hint: "add train.models to it: `mlctl config show --resolved` prints the models that mlctl chooses",
        });
      }
      const tuned = await step.tune(session, options);
      const { configPath: from } = session;
      const to = output === undefined ? from : resolve(output);
      return { ...tuned, written: saves ? writeParams(tuned, { from, to }) : null };
    });
    return { result, view: tuneView(result, canSave) };
  },
}) satisfies Command;

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

function tuneView(result: TuneResult & { readonly written: string | null }, canSave: boolean): View {
  const { metric, leaderboard, searches, trials, best, written, modelVersion, model, runId, notes } = result;
  const winner = leaderboard[0]!;
  const reused = searches.reduce((sum, search) => sum + search.reused, 0);
  const fromEarlier = reused === 0 ? "" : ` (${reused} reused from earlier searches)`;
  return {
    title: `ran ${trials} trials${fromEarlier}; best model: ${winner.family}, ${metric} ${formatNumber(result.value)} on ${result.validationRows} validation rows`,
    tables: [
      {
        title: "leaderboard",
        ...tableOf(leaderboard, [
          ["#", ({ rank }) => rank],
          ["run", (row) => row.runId],
          ["family", ({ family }) => family],
          ["features", ({ featureSet }) => featureSet],
          [
            `${metric}, ${winner.selection === null ? "folds" : selectionLabel(winner.selection)}`,
            ({ selection }) => selection?.value ?? null,
          ],
          ["±", ({ selection }) => selection?.standardDeviation ?? null],
          [`${metric}, validation`, ({ metrics }) => metrics[metric] ?? null],
          ["note", ({ note }) => note ?? ""],
        ]),
      },
      {
        title: "searches",
        ...tableOf(searches, [
          ["family", ({ family }) => family],
          ["features", ({ featureSet }) => featureSet],
          [{ header: "method", leaveOut: 3 }, ({ method }) => method],
          ["trials", (search) => search.trials],
          [{ header: "pruned", leaveOut: 1 }, ({ pruned }) => pruned],
          [{ header: "failed", leaveOut: 2 }, ({ failed }) => failed],
          [`best ${metric}`, (search) => search.best.value],
          [{ header: "parameters", overflow: "wrap" }, (search) => JSON.stringify(search.best.params)],
        ]),
      },
    ],
    fields: [
      ["run", runId],
      ["version", `v${modelVersion}`],
      ["model", model.path],
      ["best parameters", `${JSON.stringify(best.params)} of ${best.family}`],
      ...(written === null ? [] : [["written to", written] as const]),
    ],
    notes: [
      ...notes,
      `chosen on ${searches[0]!.foldMethod} folds of ${result.trainingRows} training rows; the validation set only evaluates`,
    ],
    next: `\`mlctl score\`${written === null && canSave ? ", or `mlctl tune --write` to save the parameters in config.json" : ""}`,
  };
}

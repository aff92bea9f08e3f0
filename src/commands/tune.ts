/** `mlctl tune`: searches parameters on folds of the training part, then trains with the best of them. */
import { resolve } from "node:path";
import { MlctlError } from "../core/errors.ts";
import { formatNumber } from "../core/text/format.ts";
import { selectionLabel } from "../core/text/selectionLabel.ts";
import type { View } from "../core/view.ts";
import type { TunePlan, TuneResult } from "../lifecycle/tune/tune.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { openConfig } from "./openConfig.ts";
import { writingOptions } from "./openWorkspaceOf.ts";

export const tune = defineCommand({
  name: "tune",
  group: "Improve",
  summary: "search the parameters of models, then train with the best of them",
  details:
    "Every model of config.json with a search is tried on every feature set, judged on folds of the training part only. The best of each then stands on the leaderboard with the other models; the validation part judges once and chooses nothing. The same seed gives the same trials, whatever the number of threads. What was interrupted goes on with the next call. `train` and `fullprocess` do not search: they take the parameters that --write puts into config.json.",
  options: {
    method: {
      flags: "--method <name>",
      choices: ["grid", "random", "tpe", "halving"],
      description: "how every space is walked, in place of search.method",
    },
    trials: { flags: "--trials <count>", type: "integer", description: "how many points are tried (all but grid)" },
    workers: { flags: "--workers <count>", type: "integer", description: "threads (default: one a core)" },
    seed: sharedOptions.seed,
    metric: { flags: "--metric <name>", setting: "train.metric", description: "what trials are judged by" },
    fresh: { flags: "--fresh", type: "boolean", description: "forget the trials of earlier searches" },
    write: {
      flags: "--write",
      type: "boolean",
      description: "put the best parameters into config.json, comments and all else left as they are",
    },
    output: { flags: "-o, --output <file>", description: "put that config.json there instead" },
    dryRun: { flags: "--dry-run", type: "boolean", description: "say how many fits it would be and change nothing" },
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl tune --dry-run", "how many fits that would be"],
    ["mlctl tune", "all searches of config.json; Ctrl-C and again goes on"],
    ["mlctl tune --method tpe --trials 100 --write", "and keep what was found in config.json"],
    ["mlctl tune --json | jq .best", "the best trial"],
  ],
  async run(invocation) {
    const { method, trials, workers, fresh, dryRun, wait, write, output } = invocation.options;
    for (const [name, count] of [
      ["--trials", trials],
      ["--workers", workers],
    ] as const) {
      if (count !== undefined && count < 1) throw new MlctlError("usage", `${name} is ${count}, allowed at least 1`);
    }
    const [loaded, { openWorkspace }, { reading, writing }, step, { writeParams }] = await Promise.all([
      openConfig(invocation),
      import("../lifecycle/workspace.ts"),
      import("../lifecycle/session.ts"),
      import("../lifecycle/tune/tune.ts"),
      import("../lifecycle/tune/writeParams.ts"),
    ]);
    const workspace = openWorkspace(loaded, invocation.context);
    const options = { method, trials, workers, fresh };
    if (dryRun) {
      const plan = await reading(workspace, (session) => step.planTune(session, options));
      return { result: plan, view: planView(plan) };
    }
    const asked = write || output !== undefined;
    const paths = { from: loaded.path, to: output === undefined ? loaded.path : resolve(output) };
    const result = await writing(workspace, writingOptions("tune", wait), async (session) => {
      const tuned = await step.tune(session, options);
      return { ...tuned, written: asked ? writeParams(tuned, paths) : null };
    });
    return { result, view: tuneView(result) };
  },
}) satisfies Command;

function planView({ searches, trials, fits }: TunePlan): View {
  return {
    title: `would fit ${fits} models in ${trials} trials; nothing was fitted`,
    tables: [
      {
        columns: ["family", "features", "method", "trials", "folds", "fits"],
        rows: searches.map((search) => [
          search.family,
          search.featureSet,
          search.method,
          search.trials,
          `${search.folds} ${search.foldMethod}`,
          search.fits,
        ]),
      },
    ],
    next: "`mlctl tune`",
  };
}

export function tuneView(result: TuneResult & { readonly written: string | null }): View {
  const { metric, leaderboard, searches, trials, best, written, modelVersion, model, runId, notes } = result;
  const winner = leaderboard[0]!;
  const reused = searches.reduce((sum, search) => sum + search.reused, 0);
  const again = reused === 0 ? "" : ` (${reused} of them known from before)`;
  return {
    title: `tried ${trials} points${again}; best model: ${winner.family}, ${metric} ${formatNumber(result.value)} on ${result.validationRows} validation rows`,
    tables: [
      {
        title: "leaderboard",
        columns: [
          "#",
          "run",
          "family",
          "features",
          `${metric}, ${winner.selection === null ? "folds" : selectionLabel(winner.selection)}`,
          "±",
          `${metric}, validation`,
          "note",
        ],
        rows: leaderboard.map((row) => [
          row.rank,
          row.runId,
          row.family,
          row.featureSet,
          row.selection?.value ?? null,
          row.selection?.standardDeviation ?? null,
          row.metrics[metric] ?? null,
          row.note ?? "",
        ]),
      },
      {
        title: "searches",
        columns: [
          "family",
          "features",
          { header: "method", leaveOut: 3 },
          "trials",
          { header: "pruned", leaveOut: 1 },
          { header: "failed", leaveOut: 2 },
          `best ${metric}`,
          { header: "parameters", overflow: "wrap" },
        ],
        rows: searches.map((search) => [
          search.family,
          search.featureSet,
          search.method,
          search.trials,
          search.pruned,
          search.failed,
          search.best.value,
          JSON.stringify(search.best.params),
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
      `chosen on ${searches[0]!.foldMethod} folds of ${result.trainingRows} training rows; the validation rows only judge`,
    ],
    next:
      written === null
        ? "`mlctl score`, or `mlctl tune --write` to keep the parameters in config.json"
        : "`mlctl score`",
  };
}

/** `mlctl runs list | show | diff | tag`: training runs, and the differences between two of them. */
import { exitCodes } from "../core/errors.ts";
import { counted } from "../core/text/format.ts";
import { isUserTag } from "../core/records/lineage.ts";
import { defineCommand, metricValues, tagValues, sharedOptions, type Command } from "./command.ts";
import { inWorkspace } from "./openWorkspaceOf.ts";
import { runsView, runView, trialsView } from "./views/runViews.ts";
import { runsDiffView } from "./views/runsDiffView.ts";

const list = defineCommand({
  name: "list",
  summary: "list runs, newest first",
  options: {
    family: ["--family <name>", "only this model family"],
    limit: ["--limit <count>", "maximum number of rows to show", { type: "integer", default: 50 }],
    tag: ["--tag <key=value>", "only runs with this tag; a key alone will do"],
    sort: ["--sort <metric>", "best first by this metric on the validation rows, or on the test rows: test.f1"],
    where: ["--where <limit>", 'only runs with such a metric: "f1>0.8", "test.rmse<=20"; repeatable', { type: "list" }],
    models: ["--models", "only runs with a model file"],
    trials: ["--trials", "list the trials of `mlctl tune` instead, best first"],
  },
  listing: true,
  examples: [
    ["mlctl runs list", "the newest 50"],
    ['mlctl runs list --where "f1>0.8" --sort test.f1', "the best on the test rows first"],
    ["mlctl runs list --models --csv > runs.csv", "for a spreadsheet"],
    ["mlctl runs list --md", "for a pull request"],
    ["mlctl runs list --json | jq '.runs[0].metrics'", "metrics of the newest run"],
  ],
  async run(invocation) {
    const { family, limit, models, tag, trials, sort, where } = invocation.options;
    if (trials) {
      const { trialList } = await import("../lifecycle/tune/tuneMemory.ts");
      const found = await inWorkspace(invocation, "read", (session) => trialList(session, { family, limit }));
      return { result: found, view: trialsView(found) };
    }
    const { changedParams, runList } = await import("../lifecycle/registry/runList.ts");
    const options = { family, limit, models, tag, sort, where };
    const found = await inWorkspace(invocation, "read", (session) => runList(session, options));
    const { asked: _asked, ...result } = found;
    const isFiltered = family !== undefined || tag !== undefined || models || where !== undefined;
    if (result.runs.length === 0 && isFiltered)
      return { result, view: { title: "no runs match", next: "`mlctl runs` lists all" } };
    return { result, view: runsView(result.runs, found, changedParams) };
  },
}) satisfies Command;

const show = defineCommand({
  name: "show",
  summary: "show one run: parameters, metrics, data and score",
  arguments: [["<ref>", "run id or unique prefix, v3, @champion or latest"]],
  examples: [
    ["mlctl runs show latest", "the newest model"],
    ["mlctl runs show @champion --json | jq .run.params", "parameters of the deployed model"],
  ],
  async run(invocation) {
    const { showRun } = await import("../lifecycle/registry/models.ts");
    const result = await inWorkspace(invocation, "read", (session) => showRun(session, invocation.args[0]!));
    return { result, view: runView(result) };
  },
}) satisfies Command;

const diff = defineCommand({
  name: "diff",
  summarizes: true,
  summary: "compare two runs, and test whether the difference is significant",
  details:
    "Both models predict the same test rows; each difference has a 95 % interval (paired bootstrap). significant: the interval excludes 0. within noise: it includes 0 and no effect larger than the smallest effect that counts, by default 0.02 (for unbounded metrics such as rmse, 2 % of the first run's value). inconclusive: it includes both 0 and larger effects, or there are fewer than 30 rows, or the metric is undefined. A run without a model file is trained again in memory.",
  arguments: [
    ["<a>", "run id or unique prefix, v3, @champion or latest"],
    ["<b>", "the run to compare with it"],
  ],
  options: {
    data: ["--data <path>", "labelled rows instead of test_data_path"],
    maxDrop: [
      "--max-drop <metric=value>",
      "exit 10 if the second run is worse by more than this; an undefined metric fails; repeatable",
      { type: "list" },
    ],
    smallest: [
      "--smallest <metric=value>",
      "smallest effect that counts, in units of the metric; repeatable",
      { type: "list" },
    ],
  },
  examples: [
    ["mlctl runs diff v3 v4", "data, settings, features and metrics"],
    ["mlctl runs diff @champion latest --max-drop auc=0.01", "fail a pipeline"],
    ["mlctl runs diff v3 v4 --data holdout.csv --smallest f1=0.005", "on other rows, with a smaller effect"],
  ],
  async run(invocation) {
    const { options, args } = invocation;
    const request = {
      data: options.data,
      maxDrop: metricValues("--max-drop", options.maxDrop),
      smallest: metricValues("--smallest", options.smallest),
    };
    const { diffRuns } = await import("../lifecycle/compare/diffRuns.ts");
    const result = await inWorkspace(invocation, "read", (session) => diffRuns(session, [args[0]!, args[1]!], request));
    const passed = result.gates.every((gate) => gate.passed);
    return { result, view: runsDiffView(result), exitCode: passed ? 0 : exitCodes.gate };
  },
}) satisfies Command;

const tag = defineCommand({
  name: "tag",
  summary: "set the name and tags of a run, or remove them",
  arguments: [
    ["<ref>", "run id or unique prefix, v3, @champion or latest"],
    ["[tags...]", "owner=ann, or a key alone"],
  ],
  options: {
    name: ["--name <name>", "name of the run"],
    remove: ["--remove <key>", "remove this tag; repeatable", { type: "list" }],
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl runs tag v3 owner=ann quarterly --name spring", "two tags and a name"],
    ["mlctl runs tag v3 --remove quarterly", "remove a tag"],
  ],
  async run(invocation) {
    const { options, args } = invocation;
    const [reference, ...given] = args;
    const change = { set: tagValues(given, options.name), remove: options.remove ?? [] };
    const { tagRun } = await import("../lifecycle/registry/models.ts");
    const run = await inWorkspace(invocation, { write: "runs tag" }, (session) => tagRun(session, reference!, change));
    const tags = Object.fromEntries(Object.entries(run.tags).filter(([name]) => isUserTag(name)));
    const fields = Object.entries(tags);
    const title = `changed 1 run: ${run.runId} has ${fields.length === 0 ? "no tags" : counted(fields.length, "tag")}`;
    return { result: { runId: run.runId, tags }, view: { title, fields } };
  },
}) satisfies Command;

export const runs = defineCommand({
  name: "runs",
  summary: "list, show, compare and tag training runs",
  subcommands: [list, show, diff, tag],
  examples: [
    ["mlctl runs list", "newest first"],
    ["mlctl runs show latest", "one run in full"],
    ["mlctl runs diff v3 v4", "differences between two runs"],
  ],
}) satisfies Command;

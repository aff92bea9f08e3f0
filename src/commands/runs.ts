/** `mlctl runs list | show | diff | tag`: training runs, and the differences between two of them. */
import { exitCodes } from "../core/errors.ts";
import { counted, formatNumber, shortTime } from "../core/text/format.ts";
import { ownSettings } from "../core/text/candidateLabels.ts";
import type { Deployment } from "../core/records/deployment.ts";
import { isUserTag, NAME_TAG, tagTexts, type Run } from "../core/records/run.ts";
import type { View } from "../core/view.ts";
import type { TrialList } from "../lifecycle/tune/tuneMemory.ts";
import { defineCommand, metricValues, tagValues, sharedOptions, type Command } from "./command.ts";
import { inWorkspace } from "./openWorkspaceOf.ts";
import { tableOf } from "./views/tableOf.ts";
import { deploymentFields, metricsTable } from "./views/modelViews.ts";
import { runsDiffView } from "./views/runsDiffView.ts";

const list = defineCommand({
  name: "list",
  summary: "list runs, newest first",
  options: {
    family: { flags: "--family <name>", description: "only this model family" },
    limit: { flags: "--limit <count>", type: "integer", description: "maximum number of rows to show", default: 50 },
    tag: { flags: "--tag <key=value>", description: "only runs with this tag; a key alone will do" },
    models: { flags: "--models", description: "only runs with a model file" },
    trials: { flags: "--trials", description: "list the trials of `mlctl tune` instead, best first" },
  },
  listing: true,
  examples: [
    ["mlctl runs list", "the newest 50"],
    ["mlctl runs list --models --csv > runs.csv", "for a spreadsheet"],
    ["mlctl runs list --md", "for a pull request"],
    ["mlctl runs list --json | jq '.runs[0].metrics'", "metrics of the newest run"],
  ],
  async run(invocation) {
    const { family, limit, models, tag, trials } = invocation.options;
    if (trials) {
      const { trialList } = await import("../lifecycle/tune/tuneMemory.ts");
      const found = await inWorkspace(invocation, "read", (session) => trialList(session, { family, limit }));
      return { result: found, view: trialsView(found) };
    }
    const result = await inWorkspace(invocation, "read", ({ store }) => ({
      runs: store.runs({ limit, family, tag, withModel: models }),
      production: store.deployments()[0]?.runId ?? null,
    }));
    const isFiltered = family !== undefined || tag !== undefined || models;
    if (result.runs.length === 0 && isFiltered)
      return { result, view: { title: "no runs match", next: "`mlctl runs` lists all" } };
    return { result, view: runsView(result.runs, result.production) };
  },
}) satisfies Command;

const show = defineCommand({
  name: "show",
  summary: "show one run: parameters, metrics, data and score",
  arguments: [{ name: "<ref>", description: "run id or unique prefix, v3, @champion or latest" }],
  examples: [
    ["mlctl runs show latest", "the newest model"],
    ["mlctl runs show @champion --json | jq .run.params", "parameters of the deployed model"],
  ],
  async run(invocation) {
    const { deploymentsOf, namedRun } = await import("../lifecycle/registry/models.ts");
    const result = await inWorkspace(invocation, "read", (session) => {
      const run = namedRun(session, invocation.args[0]!);
      return { run, deployments: deploymentsOf(session, run) };
    });
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
    { name: "<a>", description: "run id or unique prefix, v3, @champion or latest" },
    { name: "<b>", description: "the run to compare with it" },
  ],
  options: {
    data: { flags: "--data <path>", description: "labelled rows instead of test_data_path" },
    maxDrop: {
      flags: "--max-drop <metric=value>",
      type: "list",
      description: "exit 10 if the second run is worse by more than this; an undefined metric fails; repeatable",
    },
    smallest: {
      flags: "--smallest <metric=value>",
      type: "list",
      description: "smallest effect that counts, in units of the metric; repeatable",
    },
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
    { name: "<ref>", description: "run id or unique prefix, v3, @champion or latest" },
    { name: "[tags...]", description: "owner=ann, or a key alone" },
  ],
  options: {
    name: { flags: "--name <name>", description: "name of the run" },
    remove: { flags: "--remove <key>", type: "list", description: "remove this tag; repeatable" },
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
    const title = `run ${run.runId} has ${fields.length === 0 ? "no tags" : counted(fields.length, "tag")}`;
    return { result: { runId: run.runId, tags }, view: { title, fields } };
  },
}) satisfies Command;

export const runs = defineCommand({
  name: "runs",
  group: "Inspect",
  summary: "list, show, compare and tag training runs",
  subcommands: [list, show, diff, tag],
  examples: [
    ["mlctl runs list", "newest first"],
    ["mlctl runs show latest", "one run in full"],
    ["mlctl runs diff v3 v4", "differences between two runs"],
  ],
}) satisfies Command;

export function runsView(all: readonly Run[], production: string | null): View {
  if (all.length === 0) return { title: "no runs yet", next: "`mlctl train`" };
  const settings = ownSettings(all);
  return {
    tables: [
      tableOf(all, [
        ["run", ({ runId }) => runId],
        all.some(({ tags }) => tags[NAME_TAG] !== undefined) && ["name", ({ tags }) => tags[NAME_TAG] ?? ""],
        [{ header: "created", leaveOut: 3 }, ({ createdAt }) => shortTime(createdAt)],
        ["family", ({ family }) => family],
        all.some((run) => tagTexts(run).length > 0) && [
          { header: "tags", leaveOut: 5 },
          (run) => tagTexts(run).join(", "),
        ],
        all.some(({ featureSet }) => featureSet !== "all") && ["features", ({ featureSet }) => featureSet],
        [{ header: "rank", leaveOut: 1 }, ({ rank }) => rank],
        ["version", ({ modelVersion }) => (modelVersion === null ? "" : `v${modelVersion}`)],
        [{ header: "metric", leaveOut: 2 }, ({ metric }) => metric],
        all.some(({ selection }) => selection !== undefined) && [
          { header: "folds", leaveOut: 6 },
          ({ selection }) => selection?.value ?? null,
        ],
        [{ header: "validation", leaveOut: 4 }, ({ metrics, metric }) => metrics[metric] ?? null],
        ["test", ({ score }) => score?.value ?? null],
        ["status", ({ runId, status }) => (runId === production ? "in production" : status.toLowerCase())],
        settings.some((each) => each !== "") && [
          { header: "parameters", overflow: "wrap", leaveOut: 0 },
          (run) => settings[all.indexOf(run)]!,
        ],
      ]),
    ],
  };
}

function selectionFields({ selection, metric }: Run): [string, string][] {
  if (selection === undefined) return [];
  const { method, folds, aggregate, value, values, standardDeviation } = selection;
  const mean = `${metric} ${formatNumber(value)} ± ${formatNumber(standardDeviation)}`;
  const of = `${aggregate.replace("_", " ")} of ${folds} ${method} folds of the training rows`;
  return [
    ["ranked by", `${mean}, ${of}`],
    ["by fold", values.map(formatNumber).join(", ")],
  ];
}

function runView({ run, deployments }: { readonly run: Run; readonly deployments: readonly Deployment[] }): View {
  return {
    title: `run ${run.runId}: ${run.family} on ${run.trainingRows} training rows, ${shortTime(run.createdAt)}`,
    fields: [
      ["status", run.status.toLowerCase()],
      ["version", run.modelVersion === null ? "no model file" : `v${run.modelVersion}`],
      ["rank in its training", run.rank],
      ...(run.note === undefined ? [] : [["note", run.note] as const]),
      ...selectionFields(run),
      ["task", run.task],
      ["parameters", JSON.stringify(run.params)],
      ["seed", run.seed],
      ["model", run.model?.path ?? null],
      ["dataset", `${run.datasetId} (${run.datasetSha256.slice(0, 12)})`],
      ["configuration", run.configSha256.slice(0, 12)],
      ["mlctl", run.codeVersion],
      ["seconds", Number(run.seconds.toFixed(3))],
      ...deploymentFields(deployments),
      ...Object.entries(run.tags).map(([name, value]) => [name, value] as const),
    ],
    tables: [metricsTable(run.metrics, run.score)],
    notes: run.error === undefined ? run.warnings : [...run.warnings, run.error],
  };
}

function trialsView({ trials, more }: TrialList): View {
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

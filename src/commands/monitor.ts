/** `mlctl monitor`: rows since training against the reference: drift, quality, performance, and who is told. */
import { areasOf } from "./areasOf.ts";
import { defineCommand, type Command } from "./command.ts";
import { sharedOptions } from "./globalOptions.ts";
import { historyView, monitoringView } from "./monitorView.ts";
import { openWorkspaceOf, writingOptions } from "./openWorkspaceOf.ts";

/** So many windows are listed unless told. */
const LISTED = 20;

export const monitor = defineCommand({
  name: "monitor",
  summarizes: true,
  group: "Watch",
  summary: "drift, data quality and performance of new rows, with history and alerts",
  details:
    "Looks at the files, else at logged predictions, else at the newest dataset, and holds them against the rows that the deployed model was trained on. What it finds is kept (`--history`) and told to `alerts` of config.json, once per change. The same window, model and settings replace their own entry, so labels that come later restate it.",
  arguments: [
    { name: "[files...]", description: "files or folders (default: the prediction log, else the newest dataset)" },
  ],
  options: {
    window: {
      flags: "--window <length>",
      setting: "monitor.window",
      description: 'rows judged together: 90d, "500 rows", day, week, month, file (default: all)',
    },
    step: { flags: "--step <length>", setting: "monitor.step", description: "how far windows of a length lie apart" },
    since: { flags: "--since <date>", description: "all windows from then on, not only the newest" },
    until: { flags: "--until <date>", description: "as if it were that day, which is included" },
    backfill: { flags: "--backfill", type: "boolean", description: "all windows of the rows" },
    by: { flags: "--by <columns...>", type: "list", description: "performance by the values of these columns" },
    reference: {
      flags: "--reference <what>",
      setting: "monitor.reference",
      description: "compare with: training, same_season (the same days of earlier years), a dataset's id or a path",
    },
    source: {
      flags: "--source <name>",
      choices: ["dataset", "predictions"],
      description: "what to look at without files",
    },
    model: {
      flags: "--model <ref>",
      description: "run id, v3, @champion, latest or a path (default: the deployed one)",
    },
    failOn: {
      flags: "--fail-on <areas>",
      description: "exit 11 for drift, 12 for quality, 13 for performance; 14 if nobody can tell",
    },
    history: { flags: "--history", type: "boolean", description: "list what was found before" },
    show: { flags: "--show <id>", description: "one entry of the history in full" },
    limit: {
      flags: "--limit <number>",
      type: "integer",
      default: LISTED,
      description: "so many entries of the history",
    },
    dryRun: sharedOptions.dryRun,
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl monitor new.csv", "a batch against the training rows"],
    ["mlctl monitor --fail-on drift,quality,performance", "for cron and CI: the exit code tells"],
    ["mlctl monitor --window 14d --since 2024-01-01", "history, window by window"],
    ["mlctl monitor drops --window file --by region", "each file by itself, and performance by region"],
  ],
  async run(invocation) {
    const { options, args } = invocation;
    const failOn = areasOf(options.failOn);
    const workspace = await openWorkspaceOf(invocation);
    if (options.history || options.show !== undefined) {
      const { monitorHistory, monitorEntry } = await import("../lifecycle/monitor/monitorHistory.ts");
      const { reading } = await import("../lifecycle/session.ts");
      if (options.show === undefined) {
        const result = await reading(workspace, (session) => monitorHistory(session, options));
        return { result, view: historyView(result.windows) };
      }
      const { show } = options;
      const result = await reading(workspace, (session) => monitorEntry(session, show));
      return { result, view: monitoringView(result) };
    }
    const { dateOption } = await import("./dateOption.ts");
    const request = {
      files: args,
      source: options.source,
      model: options.model,
      since: dateOption(options.since, "--since"),
      until: dateOption(options.until, "--until"),
      backfill: options.backfill,
      segments: options.by?.flatMap((names) => names.split(",")),
      dryRun: options.dryRun,
    };
    const [step, { monitorExit }, { reading, writing }] = await Promise.all([
      import("../lifecycle/monitor/monitor.ts"),
      import("../lifecycle/monitor/monitorRecord.ts"),
      import("../lifecycle/session.ts"),
    ]);
    const judged = options.dryRun
      ? await reading(workspace, (session) => step.monitor(session, request))
      : await writing(workspace, writingOptions("monitor", options.wait), (session) => step.monitor(session, request));
    const result = await step.tellNews(workspace, judged);
    return { result, view: monitoringView(result), exitCode: monitorExit(result.windows, failOn) };
  },
}) satisfies Command;

/** `mlctl monitor`: drift, data quality and performance of new rows. */
import { defineCommand, areasOf, FAIL_ON, dateOption, sharedOptions, type Command } from "./command.ts";
import { inSession, inWorkspace, openWorkspaceOf, warnOfTerminal, writingOptions } from "./openWorkspaceOf.ts";
import type { CheckedFiles } from "../lifecycle/monitor/ingestNews.ts";
import { exitCodes } from "../core/errors.ts";
import { historyView, monitoringView } from "./views/monitorView.ts";

export const monitor = defineCommand({
  name: "monitor",
  summarizes: true,
  summary: "check new rows for drift, data quality and performance; keep a history and send alerts",
  details:
    "Checks the given files, else the logged predictions, else the newest dataset, and compares them with the rows that the deployed model was trained on. Results are kept (`--history`), and the `alerts` of config.json are notified once per change. Checking the same window, model and settings again replaces the earlier entry, so that it includes labels that arrived later. A file that cannot be read, has none of the model's columns or lacks some that other files of its window have is rejected: it is reported, and the exit code is 3, also where --fail-on finds failures in the others.",
  arguments: [
    ["[files...]", "files, folders or addresses as in ingest (default: the prediction log, else the newest dataset)"],
  ],
  options: {
    window: [
      "--window <length>",
      'rows evaluated together: 90d, "500 rows", day, week, month or file; by default, all rows',
      { setting: "monitor.window" },
    ],
    step: [
      "--step <length>",
      "distance between the starts of windows, e.g. 7d (default: the length of a window)",
      { setting: "monitor.step" },
    ],
    query: ["--query <sql>", "postgres://…: the SELECT whose rows are checked"],
    since: ["--since <date>", "check every window from this day on, not only the newest"],
    until: ["--until <date>", "last day of data to use (inclusive)"],
    backfill: ["--backfill", "check every window, not only the newest"],
    by: ["--by <columns...>", "also show performance by the values of these columns", { type: "list" }],
    reference: [
      "--reference <what>",
      "rows to compare with: training, same_season (the same days of earlier years), a dataset id or a path",
      { setting: "monitor.reference" },
    ],
    source: ["--source <name>", "rows to check if no files are given", { choices: ["dataset", "predictions"] }],
    model: ["--model <ref>", "run id, v3, @champion, latest or a path (default: the deployed model)"],
    failOn: ["--fail-on <areas>", FAIL_ON],
    history: ["--history", "list earlier results"],
    show: ["--show <id>", "show one entry of the history in full"],
    limit: ["--limit <number>", "maximum number of history entries to show", { type: "integer", default: 20 }],
    dryRun: sharedOptions.dryRun,
    wait: sharedOptions.wait,
  },
  examples: [
    ["mlctl monitor new.csv", "compare a batch with the training rows"],
    ["mlctl monitor --fail-on drift,quality,performance", "for cron and CI: see the exit code"],
    ["mlctl monitor --window 14d --since 2024-01-01", "window by window since 2024"],
    ["mlctl monitor https://example.org/new.csv", "a feed; what came is kept in monitordata"],
    ["mlctl monitor drops --window file --by region", "one window per file, and performance by region"],
  ],
  async run(invocation) {
    const { options, args } = invocation;
    const failOn = areasOf(options.failOn);
    const { show } = options;
    if (options.history || show !== undefined) {
      const { monitorHistory, monitorEntry } = await import("../lifecycle/monitor/monitor.ts");
      if (show === undefined) {
        const result = await inWorkspace(invocation, "read", (session) => monitorHistory(session, options));
        return { result, view: historyView(result.windows) };
      }
      const result = await inWorkspace(invocation, "read", (session) => monitorEntry(session, show));
      return { result, view: monitoringView(result) };
    }
    const workspace = await openWorkspaceOf(invocation);
    if (args.includes("-")) warnOfTerminal(invocation, "monitor");
    const request = {
      ...options,
      asking: { query: options.query, stdin: invocation.stdin },
      files: args,
      since: dateOption(options.since, "--since"),
      until: dateOption(options.until, "--until"),
      segments: options.by?.flatMap((names) => names.split(",")),
    };
    const step = await import("../lifecycle/monitor/monitor.ts");
    const { monitorExit } = await import("../lifecycle/monitor/monitorRecord.ts");
    const mode = options.dryRun ? "read" : writingOptions("monitor", options.wait);
    const { monitoredNews } = await import("../lifecycle/monitor/ingestNews.ts");
    const { sendAlerts } = await import("../lifecycle/monitor/monitorAlerts.ts");
    const checked: CheckedFiles = new Map();
    const judged = await inSession(workspace, mode, (session) =>
      step.monitor(session, { ...request, checked }),
    ).finally(
      // Also where no file can be judged.
      async () => options.dryRun || sendAlerts(workspace, await monitoredNews(workspace, checked)),
    );
    const result = await step.tellNews(workspace, judged);
    const view = monitoringView(result);
    const verdict = monitorExit(result.windows, failOn);
    const exitCode = result.rejected.length > 0 ? exitCodes.data : verdict;
    const isSilent = failOn.length > 0 && verdict === 0 && monitorExit(result.windows, [...failOn, "warn"]) !== 0;
    const note = `warnings do not count for --fail-on ${options.failOn}; --fail-on ${options.failOn},warn counts them`;
    return { result, view: { ...view, notes: [...(view.notes ?? []), isSilent && note] }, exitCode };
  },
}) satisfies Command;

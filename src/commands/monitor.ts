/** `mlctl monitor` and `alerts`: drift, data quality and performance of new rows, and who is notified. */
import { MlctlError } from "../core/errors.ts";
import { counted, formatNumber, shortTime } from "../core/text/format.ts";
import { defineCommand, areasOf, FAIL_ON, dateOption, sharedOptions, type Command, type Outcome } from "./command.ts";
import type { OpenAlert } from "../lifecycle/monitor/savedAlerts.ts";
import { inWorkspace, openWorkspaceOf, warnOfTerminal, writingOptions } from "./openWorkspaceOf.ts";
import { historyView, monitoringView } from "./views/monitorView.ts";
import { tableOf } from "./views/tableOf.ts";

export const monitor = defineCommand({
  name: "monitor",
  summarizes: true,
  group: "Monitor",
  summary: "check new rows for drift, data quality and performance; keep a history and send alerts",
  details:
    "Checks the given files, else the logged predictions, else the newest dataset, and compares them with the rows that the deployed model was trained on. Results are kept (`--history`), and the `alerts` of config.json are notified once per change. Checking the same window, model and settings again replaces the earlier entry, so that it includes labels that arrived later.",
  arguments: [
    {
      name: "[files...]",
      description: "files, folders or addresses as in ingest (default: the prediction log, else the newest dataset)",
    },
  ],
  options: {
    window: {
      flags: "--window <length>",
      setting: "monitor.window",
      description: 'rows evaluated together: 90d, "500 rows", day, week, month or file; by default, all rows',
    },
    step: {
      flags: "--step <length>",
      setting: "monitor.step",
      description: "distance between the starts of windows, e.g. 7d (default: the length of a window)",
    },
    query: { flags: "--query <sql>", description: "postgres://…: the SELECT whose rows are checked" },
    since: { flags: "--since <date>", description: "check every window from this day on, not only the newest" },
    until: { flags: "--until <date>", description: "last day of data to use (inclusive)" },
    backfill: { flags: "--backfill", description: "check every window, not only the newest" },
    by: {
      flags: "--by <columns...>",
      type: "list",
      description: "also show performance by the values of these columns",
    },
    reference: {
      flags: "--reference <what>",
      setting: "monitor.reference",
      description:
        "rows to compare with: training, same_season (the same days of earlier years), a dataset id or a path",
    },
    source: {
      flags: "--source <name>",
      choices: ["dataset", "predictions"],
      description: "rows to check if no files are given",
    },
    model: {
      flags: "--model <ref>",
      description: "run id, v3, @champion, latest or a path (default: the deployed model)",
    },
    failOn: {
      flags: "--fail-on <areas>",
      description: FAIL_ON,
    },
    history: { flags: "--history", description: "list earlier results" },
    show: { flags: "--show <id>", description: "show one entry of the history in full" },
    limit: {
      flags: "--limit <number>",
      type: "integer",
      default: 20,
      description: "maximum number of history entries to show",
    },
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
    const { reading, writing } = await import("../lifecycle/session.ts");
    const checked = options.dryRun
      ? await reading(workspace, (session) => step.monitor(session, request))
      : await writing(workspace, writingOptions("monitor", options.wait), (session) => step.monitor(session, request));
    const result = await step.tellNews(workspace, checked);
    const view = monitoringView(result);
    const exitCode = monitorExit(result.windows, failOn);
    const isSilent = exitCode === 0 && monitorExit(result.windows, [...failOn, "warn"]) !== 0;
    const note = `warnings do not count for --fail-on ${options.failOn}; --fail-on ${options.failOn},warn counts them`;
    return { result, view: isSilent ? { ...view, notes: [...(view.notes ?? []), note] } : view, exitCode };
  },
}) satisfies Command;

const list = defineCommand({
  name: "list",
  summary: "list open alerts, since when, and where they were sent",
  listing: true,
  examples: [["mlctl alerts list", "open alerts"]],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const { openAlerts } = await import("../lifecycle/monitor/savedAlerts.ts");
    return listed(await openAlerts(workspace));
  },
});

function listed(result: { readonly alerts: readonly OpenAlert[] }): Outcome {
  const { alerts: open } = result;
  if (open.length === 0) return { result, view: { title: "no open alerts", next: "`mlctl monitor` checks again" } };
  const muted = open.filter((alert) => alert.muted !== null).length;
  const table = tableOf(open, [
    ["finding", ({ area, name }) => `${area}: ${name}`],
    ["status", ({ status }) => status],
    ["value", ({ value }) => value],
    ["limit", ({ limit }) => limit],
    ["since", ({ since }) => shortTime(since)],
    ["window", ({ window, windowLabel }) => windowLabel ?? window ?? ""],
    ["sent to", ({ told }) => told.join(", ")],
    ["muted", ({ muted: until }) => (until === null ? "" : `until ${shortTime(until.until)}: ${until.reason}`)],
  ]);
  const title = counted(open.length, "open alert") + (muted === 0 ? "" : `, ${muted} muted`);
  return { result, view: { title, tables: [table] } };
}

const check = { name: "<check>", description: 'such as "drift: age", or only its name' };

const WEEK = 7 * 86_400_000;

const mute = defineCommand({
  name: "mute",
  summary: "send nothing about a check for a time",
  arguments: [check],
  options: {
    for: { flags: "--for <duration>", type: "duration", description: "how long, such as 12h (default: 7d)" },
    reason: { flags: "--reason <text>", description: "why: `alerts list` and the pages show it" },
  },
  examples: [['mlctl alerts mute "drift: age" --for 7d --reason "new campaign"', "no messages for a week"]],
  async run(invocation) {
    const { args, options } = invocation;
    if (options.reason === undefined)
      throw new MlctlError("usage", "--reason is missing", { hint: 'say why, such as --reason "new campaign"' });
    const workspace = await openWorkspaceOf(invocation);
    const { muteAlert } = await import("../lifecycle/monitor/savedAlerts.ts");
    const until = new Date(workspace.context.now().getTime() + (options.for ?? WEEK)).toISOString();
    return listed(await muteAlert(workspace, args[0]!, { until, reason: options.reason }));
  },
});

const unmute = defineCommand({
  name: "unmute",
  summary: "send messages about a muted check again",
  arguments: [check],
  examples: [['mlctl alerts unmute "drift: age"', "from now on"]],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const { muteAlert } = await import("../lifecycle/monitor/savedAlerts.ts");
    return listed(await muteAlert(workspace, invocation.args[0]!, null));
  },
});

const test = defineCommand({
  name: "test",
  summary: "send a test message to every channel in config.json",
  examples: [["mlctl alerts test", "check that messages arrive"]],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const { sendTest } = await import("../lifecycle/monitor/monitorAlerts.ts");
    const alerts = await sendTest(workspace);
    const failed = alerts.filter(({ status }) => status === "failed").length;
    const title =
      alerts.length === 0
        ? "no channel is configured"
        : `${alerts.length - failed} of ${alerts.length} channels accepted the message`;
    const next = alerts.length === 0 ? { next: 'add one under "alerts" in config.json' } : {};
    const table = tableOf(alerts, [
      ["channel", ({ channel }) => channel],
      ["status", ({ status }) => status],
      ["attempts", ({ attempts }) => formatNumber(attempts)],
      ["subject or error", ({ error, subject }) => error ?? subject],
    ]);
    return { result: { alerts }, view: { title, tables: [table], ...next }, exitCode: failed > 0 ? 1 : 0 };
  },
});

export const alerts = defineCommand({
  name: "alerts",
  group: "Monitor",
  summary: "list and mute open alerts, and test the notification channels",
  details:
    '`mlctl monitor` notifies the channels under "alerts" in config.json once per change: when a finding opens, gets worse or is resolved. So does a scheduled job that fails or succeeds again, and a file that `mlctl watch` rejects ("job"), and with "on": ["deployed"] every switch of production. Channels get warnings too with "level": "warn".',
  subcommands: [list, mute, unmute, test],
  examples: [
    ["mlctl alerts list", "open alerts"],
    ["mlctl alerts test", "send a test message"],
  ],
}) satisfies Command;

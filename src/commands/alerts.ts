/** `mlctl alerts`: lists open alerts and tests the notification channels. */
import { counted, formatNumber, shortTime } from "../core/text/format.ts";
import { defineCommand, type Command } from "./command.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";
import { tableOf } from "./views/tableOf.ts";

const list = defineCommand({
  name: "list",
  summary: "list open alerts, since when, and where they were sent",
  listing: true,
  examples: [["mlctl alerts list", "open alerts"]],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const { openAlerts } = await import("../lifecycle/monitor/savedAlerts.ts");
    const result = await openAlerts(workspace);
    const { alerts: open } = result;
    if (open.length === 0) return { result, view: { title: "no open alerts", next: "`mlctl monitor` checks again" } };
    const table = tableOf(open, [
      ["finding", ({ area, name }) => `${area}: ${name}`],
      ["status", ({ status }) => status],
      ["value", ({ value }) => value],
      ["limit", ({ limit }) => limit],
      ["since", ({ since }) => shortTime(since)],
      ["window", ({ window, windowLabel }) => windowLabel ?? window ?? ""],
      ["sent to", ({ told }) => told.join(", ")],
    ]);
    return { result, view: { title: counted(open.length, "open alert"), tables: [table] } };
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
  summary: "list open alerts and test the notification channels",
  details:
    '`mlctl monitor` notifies the channels under "alerts" in config.json once per change: when a finding opens, gets worse or is resolved. So does a scheduled job that fails or succeeds again ("job"), and with "on": ["deployed"] every switch of production. Channels get warnings too with "level": "warn".',
  subcommands: [list, test],
  examples: [
    ["mlctl alerts list", "open alerts"],
    ["mlctl alerts test", "send a test message"],
  ],
}) satisfies Command;

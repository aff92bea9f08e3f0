/** `mlctl alerts`: lists open alerts and tests the notification channels. */
import { formatNumber, shortTime } from "../core/text/format.ts";
import type { SentAlert } from "../lifecycle/monitor/monitorAlerts.ts";
import { defineCommand, type Command } from "./command.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";

const list = defineCommand({
  name: "list",
  summary: "list open alerts, since when, and where they were sent",
  listing: true,
  examples: [["mlctl alerts list", "open alerts"]],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const { openAlerts } = await import("../lifecycle/monitor/alertStateFile.ts");
    const result = openAlerts(workspace);
    const rows = result.alerts.map(({ area, name, status, value, limit, since, window, told }) => [
      `${area}: ${name}`,
      status,
      value,
      limit,
      shortTime(since),
      window,
      told.join(", "),
    ]);
    if (rows.length === 0) return { result, view: { title: "no open alerts", next: "`mlctl monitor` checks again" } };
    const columns = ["finding", "status", "value", "limit", "since", "window end", "sent to"];
    return {
      result,
      view: { title: `${rows.length} open ${rows.length === 1 ? "alert" : "alerts"}`, tables: [{ columns, rows }] },
    };
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
    return { result: { alerts }, view: { title, tables: [sentTable(alerts)], ...next }, exitCode: failed > 0 ? 1 : 0 };
  },
});

function sentTable(alerts: readonly SentAlert[]) {
  const columns = ["channel", "status", "attempts", "subject or error"];
  return {
    columns,
    rows: alerts.map((sent) => [sent.channel, sent.status, formatNumber(sent.attempts), sent.error ?? sent.subject]),
  };
}

export const alerts = defineCommand({
  name: "alerts",
  group: "Monitor",
  summary: "list open alerts and test the notification channels",
  details:
    '`mlctl monitor` notifies the channels under "alerts" in config.json once per change: when a finding opens, gets worse or is resolved.',
  subcommands: [list, test],
  examples: [
    ["mlctl alerts list", "open alerts"],
    ["mlctl alerts test", "send a test message"],
  ],
}) satisfies Command;

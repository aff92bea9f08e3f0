/** `mlctl alerts`: what is open, who was told, and whether the channels work. */
import { formatNumber, shortTime } from "../core/text/format.ts";
import type { SentAlert } from "../lifecycle/monitor/monitorAlerts.ts";
import { defineCommand, type Command } from "./command.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";

const list = defineCommand({
  name: "list",
  group: "Watch",
  summary: "what is open, since when, and who was told",
  listing: true,
  examples: [["mlctl alerts list", "what needs a look now"]],
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
    if (rows.length === 0) return { result, view: { title: "nothing is open", next: "`mlctl monitor` looks again" } };
    const columns = ["finding", "status", "value", "limit", "since", "window until", "told"];
    return { result, view: { title: `${rows.length} open`, tables: [{ columns, rows }] } };
  },
});

const test = defineCommand({
  name: "test",
  group: "Watch",
  summary: "send a test message to every channel of config.json",
  examples: [["mlctl alerts test", "do they arrive?"]],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const { sendTest } = await import("../lifecycle/monitor/monitorAlerts.ts");
    const alerts = await sendTest(workspace);
    const failed = alerts.filter(({ status }) => status === "failed").length;
    const title =
      alerts.length === 0
        ? "no channel is configured"
        : `${alerts.length - failed} of ${alerts.length} channels took the message`;
    const next = alerts.length === 0 ? { next: 'add one under "alerts" in config.json' } : {};
    return { result: { alerts }, view: { title, tables: [sentTable(alerts)], ...next }, exitCode: failed > 0 ? 1 : 0 };
  },
});

function sentTable(alerts: readonly SentAlert[]) {
  const columns = ["channel", "status", "tries", "what"];
  return {
    columns,
    rows: alerts.map((sent) => [sent.channel, sent.status, formatNumber(sent.attempts), sent.error ?? sent.subject]),
  };
}

export const alerts = defineCommand({
  name: "alerts",
  group: "Watch",
  summary: "what is open, who was told, and whether the channels work",
  details:
    '`mlctl monitor` tells the channels under "alerts" in config.json what opened, got worse or was resolved, once per change.',
  subcommands: [list, test],
  examples: [
    ["mlctl alerts list", "what needs a look now"],
    ["mlctl alerts test", "send a test message"],
  ],
}) satisfies Command;

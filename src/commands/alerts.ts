/** `mlctl alerts`: open, resolved and muted alerts, and a test of the channels. */
import { MlctlError } from "../core/errors.ts";
import { counted, formatNumber, shortTime, present } from "../core/text/format.ts";
import { didYouMean } from "../core/text/suggest.ts";
import { channelsText, undeliveredText } from "../core/text/recordText.ts";
import type { SavedAlerts } from "../lifecycle/monitor/savedAlerts.ts";
import { defineCommand, type Command, type Outcome } from "./command.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";
import { tableOf } from "./views/tableOf.ts";

const list = defineCommand({
  name: "list",
  summary: "list open alerts, since when and where they were sent; those resolved lately; what is muted",
  listing: true,
  examples: [["mlctl alerts list", "open alerts"]],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const { openAlerts } = await import("../lifecycle/monitor/savedAlerts.ts");
    return listed(await openAlerts(workspace));
  },
});

function listed(result: SavedAlerts, notes: readonly string[] = []): Outcome {
  const { alerts: open, resolved, mutes, undelivered } = result;
  const muted = open.filter((alert) => alert.muted !== null).length;
  const alertTable = tableOf(
    [...open, ...resolved],
    [
      ["finding", ({ area, name }) => `${area}: ${name}`],
      ["status", ({ status }) => (status === "pass" ? "resolved" : status)],
      ["value", ({ value }) => value],
      ["limit", ({ limit }) => limit],
      ["since", ({ since }) => shortTime(since)],
      ["window", ({ window, windowLabel }) => windowLabel ?? window ?? ""],
      ["source", (alert) => alert.source],
      ["sent to", channelsText],
      ["muted", (alert) => (alert.muted === null ? "" : `until ${shortTime(alert.muted.until)}`)],
    ],
  );
  const muteTable = tableOf(mutes, [
    ["muted", (each) => each.check],
    ["source", (each) => each.source ?? "all"],
    ["until", ({ until }) => shortTime(until)],
    ["reason", ({ reason }) => reason],
  ]);
  const title = present([
    open.length === 0 ? "no open alerts" : counted(open.length, "open alert"),
    muted > 0 && `${muted} muted`,
    resolved.length > 0 && `${resolved.length} resolved in the last 7 days`,
    undelivered.length > 0 && `${counted(undelivered.length, "channel")} failed`,
  ]).join(", ");
  const next = open.length === 0 && "`mlctl monitor` checks again";
  const failures = undelivered.map((each) => `${each.channel}: ${undeliveredText(each)}`);
  return { result, view: { title, tables: [alertTable, muteTable], notes: [...notes, ...failures], next } };
}

const check = ["<check>", 'a finding or a column: "drift: age", or only its name'] as const;

const source = ["--source <name>", "only of files, dataset, predictions, schedule or watch (default: all)"] as const;

const WEEK = 7 * 86_400_000;

const mute = defineCommand({
  name: "mute",
  summary: "send nothing about a check or a column for a time, also if it opens later",
  arguments: [check],
  options: {
    for: ["--for <duration>", "how long, such as 12h (default: 7d)", { type: "duration" }],
    reason: ["--reason <text>", "why (required): `alerts list` and the pages show it"],
    source,
  },
  examples: [
    ['mlctl alerts mute "drift: age" --for 7d --reason "new campaign"', "no messages about this column for a week"],
    ['mlctl alerts mute "drifted columns" --source files --reason "trial"', "a finding, of monitored files"],
  ],
  async run(invocation) {
    const { args, options } = invocation;
    if (options.reason === undefined)
      throw new MlctlError("usage", "--reason is missing", { hint: 'say why, such as --reason "new campaign"' });
    const workspace = await openWorkspaceOf(invocation);
    const { knownChecks, muteAlert } = await import("../lifecycle/monitor/savedAlerts.ts");
    const until = new Date(workspace.context.now().getTime() + (options.for ?? WEEK)).toISOString();
    const muting = { check: args[0]!, source: options.source ?? null };
    const result = await muteAlert(workspace, muting, { until, reason: options.reason });
    const isKnown = result.alerts.some(({ area, name, columns = [] }) =>
      [name, ...columns].some((each) => [each, `${area}: ${each}`].includes(muting.check)),
    );
    const known = await knownChecks(workspace);
    if (!isKnown && known.length > 0 && !known.includes(muting.check)) {
      const message = `no finding, column or job is called "${muting.check}" now`;
      const hint = didYouMean(muting.check, known, "`mlctl alerts unmute` ends the mute");
      workspace.context.emit({ type: "warning", stage: "alerts", message, hint });
    }
    const note = `no open alert is of "${muting.check}": one that opens before ${shortTime(until)} is muted`;
    return listed(result, isKnown ? [] : [note]);
  },
});

const unmute = defineCommand({
  name: "unmute",
  summary: "send messages about a muted check again",
  arguments: [check],
  options: { source },
  examples: [['mlctl alerts unmute "drift: age"', "from now on"]],
  async run(invocation) {
    const { args, options } = invocation;
    const workspace = await openWorkspaceOf(invocation);
    const { muteAlert } = await import("../lifecycle/monitor/savedAlerts.ts");
    return listed(await muteAlert(workspace, { check: args[0]!, source: options.source ?? null }, null));
  },
});

const test = defineCommand({
  name: "test",
  summary: "send a test message to every channel in config.json",
  examples: [["mlctl alerts test", "check that messages arrive"]],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const { sendTest } = await import("../lifecycle/monitor/alertDelivery.ts");
    const alerts = await sendTest(workspace);
    const failed = alerts.filter(({ status }) => status === "failed").length;
    const title =
      alerts.length === 0
        ? "no channel is configured"
        : `${alerts.length - failed} of ${alerts.length} channels accepted the message`;
    const next = alerts.length === 0 && 'add one under "alerts" in config.json';
    const table = tableOf(
      alerts.map((alert, i) => ({ ...alert, ...workspace.config.alerts[i]! })),
      [
        ["channel", ({ channel }) => channel],
        ["sends", ({ on, level }) => `${level === "warn" ? "failures and warnings" : "failures"}: ${on.join(", ")}`],
        ["status", ({ status }) => status],
        ["attempts", ({ attempts }) => formatNumber(attempts)],
        ["subject or error", ({ error, subject }) => error ?? subject],
      ],
    );
    return { result: { alerts }, view: { title, tables: [table], next }, exitCode: failed > 0 ? 1 : 0 };
  },
});

export const alerts = defineCommand({
  name: "alerts",
  summary: "list and mute open alerts, and test the notification channels",
  details:
    '`mlctl monitor` notifies the channels under "alerts" in config.json once per change: when a finding opens, gets worse or is resolved. So does a scheduled job that fails or succeeds again, and a file that `mlctl watch` or an ingestion rejects ("job"), and with "on": ["deployed"] every switch of production. A channel gets failures only, and with "level": "warn" warnings too: drift of single columns is a warning unless `monitor.drift.fail_on` has "columns". `mlctl alerts test` shows what each channel gets.',
  subcommands: [list, mute, unmute, test],
  examples: [
    ["mlctl alerts list", "open alerts"],
    ["mlctl alerts test", "send a test message"],
  ],
}) satisfies Command;

/** `mlctl diagnose`, `doctor` and `verify`: health of the deployed model, of the workspace, of the recorded files. */
import { isReadable } from "../config/unsetValues.ts";
import { recover, exitCodes } from "../core/errors.ts";
import { finding, type Finding } from "../core/records/monitoring.ts";
import { MILLISECONDS_A_DAY, counted, dateText, formatNumber } from "../core/text/format.ts";
import { undeliveredText } from "../core/text/recordText.ts";
import type { Cell, View, ViewTable } from "../core/view.ts";
import type { DiagnoseResult, Timing } from "../lifecycle/health/diagnose.ts";
import type { DoctorResult } from "../lifecycle/health/doctor.ts";
import type { CategorySummary, NumberSummary } from "../lifecycle/health/dataFindings.ts";
import type { Workspace } from "../lifecycle/workspace.ts";
import { defineCommand, type Command } from "./command.ts";
import { inSession, inWorkspace, openBoth, openWorkspaceOf } from "./openWorkspaceOf.ts";
import { driftTable } from "./views/monitorView.ts";
import { findingsTable } from "./views/tableOf.ts";

export const diagnose = defineCommand({
  name: "diagnose",
  summary: "check the deployed model: predictions, missing values, drift, timings, packages, files",
  details:
    "About the model and its data; needs a deployed model. `mlctl doctor` checks the installation and the workspace, `mlctl verify` only the recorded files. The finding `integrity` is the result of `mlctl verify` in one line. Exits 0 also if a check fails: in scripts, read `findings` of --json, or use `mlctl doctor`, `mlctl verify` or `mlctl monitor --fail-on`.",
  options: { offline: ["--offline", "do not query the package registry"] },
  examples: [
    ["mlctl diagnose", "all checks"],
    ["mlctl diagnose --offline", "without network access"],
    [
      'mlctl diagnose --json | jq \'.findings[] | select(.status == "fail" or .status == "warn")\'',
      "only the problems",
    ],
  ],
  async run(invocation) {
    const step = await import("../lifecycle/health/diagnose.ts");
    const result = await inWorkspace(invocation, "read", (session) => step.diagnose(session, invocation.options));
    // --json keeps milliseconds; only the view shows dates.
    const { dateColumns: _dates, ...printed } = result;
    return { result: printed, view: diagnoseView(result) };
  },
}) satisfies Command;

export function diagnoseView(result: DiagnoseResult): View {
  const { findings, dataset, runId, timing } = result;
  const bad = findings.filter(({ status }) => status === "fail" || status === "warn").length;
  return {
    title: `${bad === 0 ? "no problems" : `${bad} of ${findings.length} checks found a problem`}: run ${runId} on ${dataset.rows} rows of ${dataset.path}`,
    tables: [findingsTable(findings), columnTable(result), driftTable(result.drift), packageTable(result)],
    fields: [
      ["predictions", predictionText(result)],
      ["ingestion", timingText(timing.ingest)],
      ["training", timingText(timing.train)],
    ],
  };
}

function columnTable({ missing, summary, dateColumns }: DiagnoseResult): ViewTable {
  return {
    title: "columns of the newest dataset",
    columns: ["column", "missing", "mean", "median", "std", "min", "max"],
    rows: Object.entries(summary).map(([name, column]) => [
      name,
      missing[name] ?? null,
      ...summaryCells(column, dateColumns.includes(name)),
    ]),
  };
}

function summaryCells(summary: NumberSummary | CategorySummary, areDates: boolean): Cell[] {
  if ("distinct" in summary) return [`${summary.distinct} distinct`, null, null, null, null];
  const { mean, median, standardDeviation, minimum, maximum } = summary;
  if (!areDates) return [mean, median, standardDeviation, minimum, maximum];
  // The mean of whole days is rounded to a day: its time of day would mean nothing.
  const unit = [minimum, maximum].every((edge) => (edge ?? 0) % MILLISECONDS_A_DAY === 0) ? MILLISECONDS_A_DAY : 1;
  const date = (time: number | null): Cell => (time === null ? null : dateText(Math.round(time / unit) * unit));
  const days = standardDeviation === null ? null : `${formatNumber(standardDeviation / MILLISECONDS_A_DAY)} days`;
  return [date(mean), date(median), days, date(minimum), date(maximum)];
}

function predictionText({ predictions }: DiagnoseResult): string {
  const { values } = predictions;
  if ("distinct" in values) return values.top.map(([label, rows]) => `${label}: ${rows} rows`).join(", ");
  return `${formatNumber(values.minimum)} to ${formatNumber(values.maximum)}, mean ${formatNumber(values.mean)}`;
}

function timingText({ runs, last, median, maximum }: Timing): string {
  if (runs === 0) return "not run yet";
  return `last ${formatNumber(last)} s, median ${formatNumber(median)} s, slowest ${formatNumber(maximum)} s of ${counted(runs, "run")}`;
}

function packageTable({ packages }: DiagnoseResult): ViewTable {
  const rows = packages.map(({ name, current, latest, vulnerability }) => [name, current, latest, vulnerability ?? ""]);
  return {
    title: "outdated or vulnerable packages",
    columns: ["package", "installed", "latest", "vulnerability"],
    rows,
  };
}

export const doctor = defineCommand({
  name: "doctor",
  summary: "check libraries, folders, data, lock, scheduled jobs and recorded files; exit 1 if a check fails",
  details:
    "About the installation and the workspace; needs no model. `mlctl diagnose` checks the deployed model and its data, `mlctl verify` only the recorded files. The finding `integrity` is the result of `mlctl verify` in one line.",
  examples: [
    ["mlctl doctor", "all checks"],
    ["mlctl doctor --json | jq '.findings[] | select(.status == \"fail\")'", "only what failed"],
  ],
  async run(invocation) {
    const { loaded, workspace } = await openBoth(invocation);
    const step = await import("../lifecycle/health/doctor.ts");
    const found = await step.doctor(workspace);
    const findings = [
      ...found.findings,
      ...loaded.unset.map((message) => finding("variable", "warn", message)),
      ...loaded.plainSecrets.map((message) => finding("secrets", "warn", message)),
      ...(await jobFindings(workspace)),
      ...(await channelFindings(workspace)),
    ];
    const result = { ...found, findings };
    const failed = result.findings.some(({ status }) => status === "fail");
    return { result, view: doctorView(result), exitCode: failed ? 1 : 0 };
  },
}) satisfies Command;

async function jobFindings(workspace: Workspace): Promise<Finding[]> {
  const { config, context } = workspace;
  if (!isReadable(config, "schedule") || config.schedule.length === 0) return [];
  const { scheduledJobs } = await import("../automation/schedule/scheduledJobs.ts");
  const { jobStatuses, scheduleFindings } = await import("../automation/schedule/jobStatus.ts");
  const found = async (): Promise<Finding[]> => {
    const jobs = scheduledJobs(config, context.now());
    const options = { now: context.now(), count: 1 };
    return inSession(workspace, "read", async (session) => scheduleFindings(await jobStatuses(jobs, session, options)));
  };
  // Other findings already cover the store and the folders.
  return found().catch(recover(({ message }) => [finding("schedule", "fail", message)]));
}

async function channelFindings(workspace: Workspace): Promise<Finding[]> {
  if (workspace.trust.refusal("database") !== undefined) return [];
  const { openAlerts } = await import("../lifecycle/monitor/savedAlerts.ts");
  const found = await openAlerts(workspace).catch(recover(() => ({ undelivered: [] })));
  return found.undelivered.map((each) =>
    finding(`alerts to ${each.channel}`, "warn", undeliveredText(each), [each.messages, 0]),
  );
}

function doctorView({ codeVersion, node, platform, findings }: DoctorResult): View {
  const count = (wanted: string): number => findings.filter(({ status }) => status === wanted).length;
  const verdict =
    count("fail") > 0 ? `${count("fail")} failed` : count("warn") > 0 ? `${count("warn")} warned` : "no problems";
  return {
    title: `${verdict}: mlctl ${codeVersion}, Node ${node}, ${platform}`,
    tables: [findingsTable(findings)],
    next: count("fail") > 0 && nextOf(findings),
  };
}

function nextOf(findings: readonly Finding[]): string {
  const failed = findings.filter(({ status }) => status === "fail");
  if (failed.every(({ name }) => name.startsWith("job ")))
    return "run `mlctl schedule list` and check that its scheduler is running";
  if (failed.some(({ name, message }) => name === "store" && message.endsWith("is damaged")))
    return "`mlctl reindex` rebuilds the store";
  return failed.some(({ name }) => name.startsWith("artifact") || name.startsWith("record"))
    ? "restore the damaged files, or create them again"
    : "fix what failed, then run `mlctl doctor` again";
}

export const verify = defineCommand({
  name: "verify",
  summary: "compare every recorded file with its checksum; exit 3 if one is changed or missing",
  details:
    "Reads every byte of the recorded datasets, models and scores, checks records, store and deployment, and names each damaged file. `mlctl doctor` and `mlctl diagnose` include this check as the finding `integrity`; doctor also checks the installation and the workspace, diagnose the deployed model and its data.",
  examples: [
    ["mlctl verify", "damaged files"],
    ["mlctl verify -v", "every file with its status"],
  ],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const step = await import("../lifecycle/health/verify.ts");
    const result = await step.verify(workspace);
    const damaged = result.findings.filter(({ status }) => status !== "pass");
    const failed = damaged.filter(({ status }) => status === "fail").length;
    const all = `${result.findings.length} recorded files and checks`;
    const title = damaged.length === 0 ? `all ${all} are undamaged` : `${damaged.length} of ${all} have a problem`;
    const shown = invocation.global.verbose ? result.findings : damaged;
    return { result, view: { title, tables: [findingsTable(shown)] }, exitCode: failed > 0 ? exitCodes.data : 0 };
  },
}) satisfies Command;

/** `mlctl diagnose`: the health of the deployed model, its data and the workspace. */
import type { ColumnDrift } from "../core/records/drift.ts";
import { dateText, formatNumber } from "../core/text/format.ts";
import type { Cell, View, ViewTable } from "../core/view.ts";
import type { DiagnoseResult, Timing } from "../lifecycle/health/diagnose.ts";
import type { CategorySummary, NumberSummary } from "../lifecycle/health/summarize.ts";
import { defineCommand, type Command } from "./command.ts";
import { findingsTable } from "./findingsTable.ts";
import { openWorkspaceOf } from "./openWorkspaceOf.ts";

const DAY = 86_400_000;

export const diagnose = defineCommand({
  name: "diagnose",
  group: "Lifecycle",
  summary: "look at the deployed model's answers, data, drift, timings, packages and files",
  options: {
    offline: { flags: "--offline", type: "boolean", description: "do not ask the package registry" },
  },
  examples: [
    ["mlctl diagnose", "everything"],
    ["mlctl diagnose --offline", "without asking a registry about packages"],
    ["mlctl diagnose --json | jq '.findings[] | select(.status != \"pass\")'", "only what is wrong"],
  ],
  async run(invocation) {
    const workspace = await openWorkspaceOf(invocation);
    const [{ reading }, step] = await Promise.all([
      import("../lifecycle/session.ts"),
      import("../lifecycle/health/diagnose.ts"),
    ]);
    const result = await reading(workspace, (session) => step.diagnose(session, invocation.options));
    // Programs get milliseconds, as ever: which columns are dates is for people.
    const { dateColumns: _dates, ...answer } = result;
    return { result: answer, view: diagnoseView(result) };
  },
}) satisfies Command;

export function diagnoseView(result: DiagnoseResult): View {
  const { findings, dataset, runId, timing } = result;
  const bad = findings.filter(({ status }) => status !== "pass").length;
  return {
    title: `${bad === 0 ? "all is well" : `${bad} of ${findings.length} findings need a look`}: run ${runId} on ${dataset.rows} rows of ${dataset.path}`,
    tables: [findingsTable(findings), columnTable(result), ...answerTable(result), ...packageTable(result)],
    fields: [
      ["predictions", predictionText(result)],
      ["ingestion", timingText(timing.ingest)],
      ["training", timingText(timing.train)],
    ],
  };
}

function columnTable({ missing, summary, drift, dateColumns }: DiagnoseResult): ViewTable {
  return {
    title: "columns of the newest dataset",
    columns: [
      "column",
      "missing",
      "mean",
      { header: "median", leaveOut: 3 },
      { header: "std", leaveOut: 4 },
      { header: "min", leaveOut: 5 },
      { header: "max", leaveOut: 6 },
      { header: "drift test", leaveOut: 7 },
      "value",
      { header: "limit", leaveOut: 2 },
      { header: "psi", leaveOut: 1 },
      "drifted",
    ],
    rows: Object.entries(summary).map(([name, figures]) => {
      const cells = figureCells(figures, dateColumns.includes(name));
      const column = Object.hasOwn(drift.columns, name) ? drift.columns[name] : undefined;
      return [name, missing[name] ?? null, ...cells, ...verdictCells(column)];
    }),
  };
}

function figureCells(figures: NumberSummary | CategorySummary, areDates: boolean): Cell[] {
  if ("distinct" in figures) return [`${figures.distinct} distinct`, null, null, null, null];
  const { mean, median, standardDeviation: spread, minimum, maximum } = figures;
  if (!areDates) return [mean, median, spread, minimum, maximum];
  // The mean of days is hardly ever a midnight; its hour would say nothing.
  const unit = [minimum, maximum].every((edge) => (edge ?? 0) % DAY === 0) ? DAY : 1;
  const date = (time: number | null): Cell => (time === null ? null : dateText(Math.round(time / unit) * unit));
  const days = spread === null ? null : `${formatNumber(spread / DAY)} days`;
  return [date(mean), date(median), days, date(minimum), date(maximum)];
}

/** Of the answers and the truth; the finding "drift" counts them by Evidently's rules only. */
function answerTable({ drift }: DiagnoseResult): ViewTable[] {
  const drifts = [
    ["answers", drift.columns["prediction"]],
    ["truth", drift.target ?? undefined],
  ] as const;
  const rows = drifts.flatMap(([name, column]) => (column === undefined ? [] : [[name, ...verdictCells(column)]]));
  if (rows.length === 0) return [];
  return [{ title: "answers and truth against training", columns: ["of", "drift test", "value", "limit", "psi", "drifted"], rows }]; // prettier-ignore
}

/** The limit with the side on which drift lies: a distance is never to be read as a p-value. */
function verdictCells(column: ColumnDrift | undefined): (string | number | null)[] {
  if (column === undefined) return [null, null, null, null, ""];
  const { test, measure, value, limit, direction, psi, drifted, skipped, note } = column;
  if (skipped !== undefined) return [test, null, null, null, `skipped: ${skipped}`];
  const kind = measure === "p_value" ? "p" : "distance";
  const side = `drift ${direction === "below" ? "<" : "≥"} ${formatNumber(limit)}`;
  const verdict = drifted ? "yes" : note === undefined ? "no" : `no: ${note}`;
  return [test, `${kind} ${formatNumber(value)}`, side, psi, verdict];
}

function predictionText({ predictions }: DiagnoseResult): string {
  const { values } = predictions;
  if ("distinct" in values) return values.top.map(([label, rows]) => `${label}: ${rows} rows`).join(", ");
  return `${formatNumber(values.minimum)} to ${formatNumber(values.maximum)}, mean ${formatNumber(values.mean)}`;
}

function timingText({ runs, last, median, maximum }: Timing): string {
  if (runs === 0) return "never ran here";
  return `last ${formatNumber(last)} s, median ${formatNumber(median)} s, slowest ${formatNumber(maximum)} s of ${runs}`;
}

function packageTable({ packages }: DiagnoseResult): ViewTable[] {
  if (packages.length === 0) return [];
  const rows = packages.map(({ name, current, latest, vulnerability }) => [name, current, latest, vulnerability ?? ""]);
  return [{ title: "packages to look at", columns: ["package", "installed", "latest", "vulnerability"], rows }];
}

/** Verdicts on checks and on the drift of columns, as tables and words that the report and the pages share. */
import type {
  ColumnDrift,
  DriftReport,
  Finding,
  MonitorFinding,
  MonitorRecord,
  MonitorStatus,
} from "../core/records/monitoring.ts";
import { listed } from "../core/text/format.ts";
import { limitText as findingLimit, pValueName } from "../core/text/recordText.ts";
import { driftTestLabel, isPValueTest } from "../drift/findDriftTest.ts";
import { countOf, displayNumber, exact } from "../plots/displayNumber.ts";
import { itemTable, numeric, emptyNote, html, type Html } from "./html.ts";

const statuses = {
  fail: ["✕", "failed", "bad"],
  warn: ["!", "warning", "caution"],
  pass: ["✓", "passed", "good"],
  skipped: ["–", "not judged", "quiet"],
} as const;

/** A symbol and a word, so that a state does not depend on colour. */
export function state(tone: string, symbol: string, word: string): Html {
  return html`<span class="state ${tone}"><span aria-hidden="true">${symbol}</span> ${word}</span>`;
}

export function stateWord(status: MonitorStatus): Html {
  const [symbol, word, tone] = statuses[status];
  return state(tone, symbol, word);
}

export function stateTone(status: MonitorStatus): string {
  return statuses[status][2];
}

/** Failures first. */
export function findingsTable(caption: string, findings: readonly (Finding | MonitorFinding)[]): Html {
  const order = Object.keys(statuses);
  const sorted = findings.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  return itemTable(caption, sorted, [
    ["Check", ({ name }) => name],
    ["Status", ({ status }) => stateWord(status)],
    [numeric("Value"), ({ value }) => findingValue(value)],
    [numeric("Limit"), (finding) => findingLimit(finding, findingValue) ?? "–"],
    ["What it means", ({ message }) => message],
  ]);
}

export function findingValue(value: Finding["value"]): string {
  if (typeof value !== "number") return value ?? "–";
  return Number.isFinite(value) ? exact(value) : displayNumber(value);
}

/** Name of the target among the columns, as in the table monitor_values. */
export const TARGET = "target";

type NamedDrift = readonly [name: string, drift: ColumnDrift];

/** Drifted columns first, each group by PSI, and skipped columns last. */
export function byUrgency({ columns, target }: Pick<DriftReport, "columns" | "target">): NamedDrift[] {
  const all = [...Object.entries(columns), ...(target ? [[TARGET, target] as const] : [])];
  return all.toSorted(([, a], [, b]) => urgency(b) - urgency(a));
}

function urgency({ drifted, psi, skipped }: ColumnDrift): number {
  return skipped === undefined ? (drifted ? 1000 : 0) + Math.min(999, psi ?? 0) : -1;
}

export function driftTable(
  report: Pick<DriftReport, "rules">,
  sorted: readonly NamedDrift[],
  nameOf: (named: NamedDrift) => Html | string,
) {
  if (sorted.length === 0) return emptyNote("No column could be compared.");
  return itemTable({ caption: "Drift by column, largest first", dense: true }, sorted, [
    ["Column", nameOf],
    ["Verdict", ([, drift]) => driftState(driftStatus(drift))],
    ["Test", ([, { test }]) => driftTestLabel(test)],
    [numeric("Statistic"), ([, { statistic }]) => displayNumber(statistic)],
    [numeric(`${pValueName(report)} or distance`), ([, drift]) => valueText(drift)],
    [numeric("Drift if"), ([, drift]) => limitText(drift)],
    [numeric("PSI"), ([, { psi }]) => displayNumber(psi, 2)],
    sorted.some(([, { skipped, note }]) => (skipped ?? note) !== undefined) && [
      "Note",
      ([, { skipped, note }]) => skipped ?? note ?? "",
    ],
  ]);
}

export function driftStatus({ skipped, drifted }: ColumnDrift): "skipped" | "fail" | "pass" {
  return skipped !== undefined ? "skipped" : drifted ? "fail" : "pass";
}

export function driftState(status: string | null): Html {
  if (status === "fail") return state("bad", "✕", "drifted");
  return status === "pass" ? state("good", "✓", "stable") : state("quiet", "–", "not tested");
}

export function valueText({ skipped, measure, value }: ColumnDrift): string {
  return skipped !== undefined ? "–" : `${measure === "p_value" ? "p = " : ""}${displayNumber(value)}`;
}

export function limitText({ skipped, direction, limit }: ColumnDrift): string {
  return skipped !== undefined ? "–" : `${direction === "below" ? "below" : "at or above"} ${exact(limit)}`;
}

type Indexed = Readonly<Record<"message" | "status", string | null> & Record<"value" | "bound", number | null>>;

/**
 * Of a value in the index, which has the name of the test as its message: "below 0.05" for a p-value, "at or above 0.1"
 * for a distance. A p-value below the limit is no drift if the change is small.
 */
export function driftIf({ message, value, bound, status }: Indexed): string {
  if (bound === null) return "–";
  if (!isPValueTest(message ?? "")) return `at or above ${exact(bound)}`;
  return `below ${exact(bound)}${status === "pass" && value !== null && value < bound ? ", unless small" : ""}`;
}

/** Heading of the values of these tests. @param pValues see pValueName */
export function valueTitle(tests: readonly string[], pValues: string): string {
  if (tests.every(isPValueTest)) return pValues;
  if (tests.some(isPValueTest)) return `${pValues} or distance`;
  return tests.length === 1 ? driftTestLabel(tests[0]!) : "Distance";
}

/**
 * How far a value in the index is beyond its limit: relative to it, because limits and tests may have changed between
 * windows; a logarithm, so that tiny p-values differ.
 */
export function beyondLimit({ message, value, bound }: Omit<Indexed, "status">): number {
  if (value === null || bound === null) return 0;
  const ratio = Math.log(value / bound);
  return isPValueTest(message ?? "") ? -ratio : ratio;
}

/** "The newest window of mlctl monitor, jan.csv (453 rows), failed: dataset drift, log_loss. …" */
export function monitoredText({ window, status, findings, createdAt, monitorId }: MonitorRecord): string {
  const names = findings.filter((each) => each.status === status).map(({ name }) => name);
  const verdicts = {
    pass: "passed",
    skipped: "was not judged",
    warn: `has warnings: ${listed(names)}`,
    fail: `failed: ${listed(names)}`,
  };
  const rows = `${countOf(window.rows, "row")}, checked on ${createdAt.slice(0, 10)}`;
  return `The newest window of mlctl monitor, ${window.label} (${rows}), ${verdicts[status]}. mlctl monitor --show ${monitorId} shows it in full.`;
}

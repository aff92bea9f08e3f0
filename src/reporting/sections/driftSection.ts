/** Drift: which columns drifted since training, with plots of those that drifted most. */
import type { ColumnDrift, DriftReport, Finding } from "../../core/records/drift.ts";
import { comparedRows, limitText as findingLimit } from "../../core/text/recordText.ts";
import { driftTestLabel } from "../../drift/findDriftTest.ts";
import { driftColumnPlot } from "../../plots/driftColumn.ts";
import { countOf, displayNumber, percent, exact } from "../../plots/displayNumber.ts";
import { allNumeric, dataTable, numeric } from "../dataTable.ts";
import { limitText, urgency, valueText } from "../driftText.ts";
import { html, type Html } from "../html.ts";
import type { DrawFigure } from "../plotFigure.ts";
import type { ReportInput } from "../reportInput.ts";
import { emptyNote } from "../section.ts";

const NOTHING_NEW =
  "Nothing to compare: the newest dataset had no rows that this model was not trained on, or could no longer be read, " +
  "and no other model was deployed before. To test new rows, run mlctl monitor FILE; mlctl report compares them after " +
  "mlctl ingest.";

/** Each plot takes about 12 kB. Drifted columns come first, then those closest to drift. */
const MAXIMUM_PLOTS = 12;

export async function driftBody(input: ReportInput, draw: DrawFigure): Promise<Html> {
  const { drift } = input;
  if (drift === null) return emptyNote(NOTHING_NEW);
  const { target } = drift;
  const compared = [...Object.entries(drift.columns), ...(target ? [["(label)", target] as const] : [])];
  const sorted = compared.toSorted(([, a], [, b]) => urgency(b) - urgency(a));
  const names = sorted.map(([name]) => name);
  const table = {
    caption: "Drift by column, largest first",
    columns: ["Column", "Test", ...allNumeric("Statistic", "p-value or distance", "Drift if", "PSI"), "Verdict"],
    rows: sorted.map(([name, column]) => ({ cells: cellsOf(name, column) })),
  };
  return html`<p>${sentence(drift)}</p>
    ${await pictures(input, names, draw)}
    ${names.length === 0 ? emptyNote("No column could be compared.") : dataTable(table)}`;
}

function sentence(report: DriftReport): string {
  const { dataset, referenceRows } = report;
  const compared = `${comparedRows(report, displayNumber)} compared with ${countOf(referenceRows, "training row")}`;
  if (dataset.tested === 0 || dataset.share === null) return `${compared}: no column could be tested.`;
  const drifted = `${dataset.drifted} of ${countOf(dataset.tested, "column")} drifted (${percent(dataset.share)})`;
  const verdict = dataset.detected ? "dataset drift detected" : "no dataset drift";
  return `${compared}: ${drifted}, ${verdict} (detected from ${percent(dataset.limit)}).`;
}

async function pictures({ distributions }: ReportInput, names: readonly string[], draw: DrawFigure) {
  const shown = names.filter((name) => distributions[name] !== undefined).slice(0, MAXIMUM_PLOTS);
  if (shown.length === 0) return null;
  const specs = shown.map((name) => driftColumnPlot({ name, distribution: distributions[name]!, before: "training" }));
  const figures = await Promise.all(specs.map((spec, i) => draw(`drift-${i + 1}`, spec)));
  return html`<div class="plots small">${figures}</div>`;
}

function cellsOf(name: string, column: ColumnDrift): (Html | string)[] {
  if (column.skipped !== undefined) return [name, "–", "–", "–", "–", "–", `not tested: ${column.skipped}`];
  const stable = html`<span class="good">stable</span>${column.note === undefined ? "" : `: ${column.note}`}`;
  const verdict = column.drifted ? html`<span class="bad">drifted</span>` : stable;
  const test = driftTestLabel(column.test);
  const [statistic, psi] = [displayNumber(column.statistic), displayNumber(column.psi, 2)];
  return [name, test, statistic, valueText(column), limitText(column), psi, verdict];
}

const order = ["fail", "warn", "pass"] as const;
/** Words in addition to colours, for readers who cannot distinguish red and green. */
const words = { fail: "failed", warn: "warning", pass: "passed" } as const;
const tones = { fail: "bad", warn: "caution", pass: "good" } as const;

export function findingsBody({ findings }: ReportInput): Html {
  if (findings.length === 0) return emptyNote("No checks were run. Use mlctl diagnose to run them.");
  const sorted = findings.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  return dataTable({
    caption: "Checks, failures first",
    columns: ["Check", "Verdict", numeric("Value"), numeric("Limit"), "What it means"],
    rows: sorted.map((finding) => ({
      cells: [
        finding.name,
        html`<span class="${tones[finding.status]}">${words[finding.status]}</span>`,
        findingValue(finding.value),
        findingLimit(finding, findingValue) ?? "–",
        finding.message,
      ],
    })),
  });
}

function findingValue(value: Finding["value"]): string {
  if (typeof value !== "number") return value ?? "–";
  return Number.isFinite(value) ? exact(value) : displayNumber(value);
}

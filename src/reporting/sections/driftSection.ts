/** Drift: which columns drifted since training, with plots of those that drifted most. */
import type { DriftReport } from "../../core/records/monitoring.ts";
import { comparedRows, notJudged, sampledNote } from "../../core/text/recordText.ts";
import { driftColumnPlot } from "../../plots/driftColumn.ts";
import { countOf, displayNumber, percent } from "../../plots/displayNumber.ts";
import { byUrgency, driftTable, findingsTable, monitoredText } from "../verdicts.ts";
import { html, type Html, emptyNote } from "../html.ts";
import type { DrawFigure } from "../plotFigure.ts";
import type { ReportInput } from "../reportInput.ts";

const NOTHING_NEW =
  "Nothing to compare: the newest dataset had no rows that this model was not trained on, or could no longer be read, " +
  "and no other model was deployed before. To test new rows, run mlctl monitor FILE; mlctl report compares them after " +
  "mlctl ingest.";

/** Each plot takes about 12 kB. Drifted columns come first, then those closest to drift. */
const MAXIMUM_PLOTS = 12;

export async function driftBody(input: ReportInput, draw: DrawFigure): Promise<Html> {
  const { drift, monitored } = input;
  const newest = monitored && html`<p>${monitoredText(monitored)}</p>`;
  if (drift === null) return newest ?? emptyNote(NOTHING_NEW);
  const sorted = byUrgency(drift);
  return html`${newest}
    <p>${sentence(drift)}</p>
    ${await pictures(input, sorted, draw)} ${driftTable(drift, sorted, ([name]) => name)}`;
}

function sentence(report: DriftReport): string {
  const { dataset, referenceRows } = report;
  const compared = `${comparedRows(report, displayNumber)} compared with ${countOf(referenceRows, "training row")}${sampledNote(report, displayNumber)}`;
  if (dataset.tested === 0 || dataset.share === null) return `${compared}: ${notJudged(report)}.`;
  const drifted = `${dataset.drifted} of ${countOf(dataset.tested, "column")} drifted (${percent(dataset.share)})`;
  const verdict = dataset.detected ? "dataset drift detected" : "no dataset drift";
  return `${compared}: ${drifted}, ${verdict} (detected from ${percent(dataset.limit)}).`;
}

async function pictures({ distributions }: ReportInput, sorted: ReturnType<typeof byUrgency>, draw: DrawFigure) {
  const specs = sorted
    .flatMap(([name]) => (distributions[name] === undefined ? [] : [{ name, distribution: distributions[name] }]))
    .slice(0, MAXIMUM_PLOTS)
    .map((each) => driftColumnPlot({ ...each, before: "training" }));
  if (specs.length === 0) return null;
  const figures = await Promise.all(specs.map((spec, i) => draw(`drift-${i + 1}`, spec)));
  return html`<div class="plots small">${figures}</div>`;
}

export function findingsBody({ findings }: ReportInput): Html {
  if (findings.length === 0) return emptyNote("No checks were run. Use mlctl diagnose to run them.");
  return findingsTable("Checks, failures first", findings);
}

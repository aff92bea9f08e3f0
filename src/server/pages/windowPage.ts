/** /ui/monitoring/<id>: one monitored window with all findings, columns, metrics and segments. */
import { recover } from "../../core/errors.ts";
import { estimateDoubt, sampledNote } from "../../core/text/recordText.ts";
import type { MonitorArea, MonitorRecord } from "../../core/records/monitoring.ts";
import { countOf, displayInterval, displayNumber, displayRange, percent, dateTime } from "../../plots/displayNumber.ts";
import { numeric, itemTable, html, emptyNote, section, type Html } from "../../reporting/html.ts";
import { driftColumnPlot } from "../../plots/driftColumn.ts";
import { predictedVsActualPlot } from "../../plots/predictedVsActual.ts";
import {
  byUrgency,
  driftStatus,
  driftTable,
  findingsTable,
  limitText,
  stateWord,
  valueText,
} from "../../reporting/verdicts.ts";
import { mutedIn } from "../../lifecycle/monitor/savedAlerts.ts";
import { metricLabel } from "../../lifecycle/settings.ts";
import { columnAddress, columnLink, windowName } from "./charts/windows.ts";
import { factList, modelLink, windowWord } from "./frame/parts.ts";
import { pageAddress, withQuery, type Page, type PageRequest } from "./frame/page.ts";
import { windowNamed } from "./lookups.ts";

export async function windowPage(request: PageRequest): Promise<Page> {
  const found = windowNamed(request);
  // Without the mutes if a shared database does not answer.
  const record = { ...found, ...(await mutedIn(request.session, found).catch(recover(() => undefined))) };
  const { source } = record;
  return {
    title: windowName(record.window),
    area: "monitoring",
    body: html`<p class="crumbs"><a href="${withQuery(pageAddress("monitoring"), { source })}">Monitoring</a></p>
      ${section("about", "Window", about(record))} ${await drifted(request, record)}
      ${section("drift", "Drift", html`${findings(record, "drift")} ${driftTable(record.drift, byUrgency(record.drift), ([name]) => columnLink(record, name))}`)}
      ${section("quality", "Data quality", html`${findings(record, "quality")} ${quality(record)}`)}
      ${section("performance", "Performance", html`${findings(record, "performance")} ${performance(request, record)} ${await predictedActual(request, record)} ${segments(record)} ${statements(record)}`)}`,
  };
}

function about({ window, status, createdAt, runId, modelVersion, reference, source, drift }: MonitorRecord): Html {
  return factList([
    ["Status", windowWord(status)],
    ["Rows", `${displayNumber(window.rows)}, ${displayNumber(window.labelled)} of them labelled`],
    ["From", window.start === null ? null : dateTime(window.start)],
    ["To", window.end === null ? null : dateTime(window.end)],
    ["Source", source === "predictions" ? "logged predictions" : source],
    ["File", window.file],
    ["Model", modelLink(runId, modelVersion)],
    ["Compared with", `${reference.name}, ${countOf(reference.rows, "row")}${sampledNote(drift, displayNumber)}`],
    ["Monitored", dateTime(createdAt)],
  ]);
}

const MOST_DRIFTED = 6;

/** The columns that drifted most, drawn: what changed is seen before the numbers. */
async function drifted({ draw }: PageRequest, record: MonitorRecord): Promise<Html | null> {
  const { drift, spread } = record;
  const columns = byUrgency({ ...drift, target: null }).filter(
    ([name, column]) => driftStatus(column) === "fail" && spread?.columns[name] !== undefined,
  );
  if (columns.length === 0) return null;
  const charts = columns.slice(0, MOST_DRIFTED).map(([name, column], i) => {
    const subtitle = `${column.test.replaceAll("_", " ")} ${valueText(column)}, drift if ${limitText(column)}`;
    const plot = driftColumnPlot({ name, distribution: spread!.columns[name]!, subtitle });
    return draw(`drifted-${i + 1}`, { ...plot, usermeta: { href: columnAddress(record, name) } });
  });
  const more = columns.length - charts.length;
  return section(
    "drifted",
    `${countOf(columns.length, "column")} drifted`,
    html`<div class="plots small">${await Promise.all(charts)}</div>
      ${more > 0 && html`<p class="note">${countOf(more, "more column")}: see Drift.</p>`}`,
  );
}

function findings({ findings: all }: MonitorRecord, area: MonitorArea): Html {
  const own = all.filter((finding) => finding.area === area);
  return own.length === 0 ? emptyNote("No checks were run.") : findingsTable(`Checks of ${area}, failures first`, own);
}

function quality({ quality: { columns, duplicateShare, missingColumns, extraColumns } }: MonitorRecord): Html {
  const sentences = [
    `${percent(duplicateShare)} of the rows are duplicates.`,
    missingColumns.length === 0 ? "" : `Missing columns: ${missingColumns.join(", ")}.`,
    extraColumns.length === 0 ? "" : `Extra columns, which the model does not use: ${extraColumns.join(", ")}.`,
  ];
  return html`<p>${sentences.filter((text) => text !== "").join(" ")}</p>
    ${itemTable(
      { caption: "Data quality by column", dense: true },
      Object.entries(columns).map(([name, column]) => ({ name, ...column })),
      [
        ["Column", ({ name }) => name],
        [numeric("Missing"), ({ missingShare }) => percent(missingShare)],
        [numeric("Invalid"), ({ invalidShare: share, invalidExample: text }) => shareOf(share, text && `“${text}”`)],
        [
          numeric("New categories"),
          ({ newShare, newCategories: all }) => shareOf(newShare, all.slice(0, 3).join(", ")),
        ],
        [numeric("Out of range"), ({ outsideShare }) => percent(outsideShare)],
        [
          "Range",
          ({ minimum, maximum }) => (minimum === null || maximum === null ? "–" : displayRange(minimum, maximum)),
        ],
      ],
    )}`;
}

function shareOf(share: number | null, examples: string | null): string {
  return `${percent(share)}${examples ? ` (${examples})` : ""}`;
}

function performance({ session }: PageRequest, { performance: report, runId }: MonitorRecord): Html {
  if (report.skipped !== undefined) return emptyNote(report.skipped);
  const { task = "binary", score } = session.store.run(runId ?? "") ?? {};
  const testMetrics = score?.metrics ?? {};
  const { estimate } = report;
  const names = [...new Set([...Object.keys(report.metrics), ...Object.keys(estimate?.metrics ?? {})])];
  if (names.length === 0) return emptyNote("There are no labels and no estimates yet.");
  const isMarked = (name: string): boolean => name === report.metric;
  const doubt = estimate === null ? "" : estimateDoubt(estimate);
  const estimated = estimate && `, and estimates without labels on ${countOf(estimate.rows, "row")}`;
  return itemTable(
    {
      caption: `Metrics on ${countOf(report.rows, "labelled row")}${estimated ?? ""}${doubt && ` (${doubt})`}`,
      isMarked,
      dense: true,
    },
    names,
    [
      ["Metric", (name) => metricLabel(session.config, name, task).label],
      [numeric("Value"), (name) => displayNumber(report.metrics[name])],
      [numeric("95 % interval"), (name) => displayInterval(report.intervals[name])],
      [
        numeric("On the test data"),
        (name) => displayNumber(testMetrics[name] ?? (isMarked(name) ? report.reference : null)),
      ],
      [numeric("Estimate without labels"), (name) => displayNumber(estimate?.metrics[name])],
    ],
  );
}

/** Predictions against labels of a regression model; null for classification, and with fewer than two labelled rows. */
async function predictedActual({ draw }: PageRequest, { performance: report }: MonitorRecord): Promise<Html | null> {
  const pairs = report.points.flatMap(([, predicted, actual]) =>
    typeof predicted === "number" && typeof actual === "number" ? [[predicted, actual] as const] : [],
  );
  if (pairs.length < 2) return null;
  const [predicted, actual] = [pairs.map(([each]) => each), pairs.map(([, each]) => each)];
  const spec = predictedVsActualPlot({ target: "value", actual, predicted });
  return html`<div class="plots">${await draw("predicted-actual", spec)}</div>`;
}

function segments({ segments: all }: MonitorRecord): Html | null {
  if (all.length === 0) return null;
  return itemTable({ caption: "Segments, worst first", limit: 100 }, all, [
    ["Segment", ({ column, value }) => `${column} = ${value}`],
    [numeric("Rows"), ({ rows }) => displayNumber(rows)],
    [numeric("Labelled"), ({ labelled }) => displayNumber(labelled)],
    [numeric(all[0]!.metric.replaceAll("_", " ")), ({ metricValue }) => displayNumber(metricValue)],
    [numeric("95 % interval"), ({ interval }) => displayInterval(interval)],
    ["Status", ({ status }) => stateWord(status)],
  ]);
}

function statements({
  statements: all,
  performance: { metric, value },
  createdAt,
  window,
}: MonitorRecord): Html | null {
  if (all.length === 0) return null;
  const now = { asOf: createdAt, rows: window.rows, labelled: window.labelled, value };
  return itemTable("Results for this window as labels arrived", all.concat(now), [
    ["As of", ({ asOf }) => dateTime(asOf)],
    [numeric("Rows"), ({ rows }) => displayNumber(rows)],
    [numeric("Labelled"), ({ labelled }) => displayNumber(labelled)],
    [numeric(metric), (each) => displayNumber(each.value)],
  ]);
}

/** /ui/monitoring/<id>: one monitored window with all findings, columns, metrics and segments. */
import { limitText } from "../../core/text/limitText.ts";
import type { MonitorArea, MonitorRecord } from "../../core/records/monitoring.ts";
import { countOf, displayInterval, displayNumber, percent } from "../../plots/displayNumber.ts";
import { plots } from "../../plots/index.ts";
import { dataTable, numeric } from "../../reporting/dataTable.ts";
import { dateTime } from "../../reporting/dateTime.ts";
import { html, type Html } from "../../reporting/html.ts";
import { emptyNote, section } from "../../reporting/section.ts";
import { metricLabel } from "../../lifecycle/settings.ts";
import { columnDrifts } from "./columnDrifts.ts";
import { factList, modelLink, shortLimit, stateWord, windowWord } from "./frame/parts.ts";
import type { Page, PageRequest } from "./frame/page.ts";
import { pageAddress, withQuery } from "./frame/pageAddress.ts";
import { windowNamed } from "./lookups.ts";

export async function windowPage(request: PageRequest): Promise<Page> {
  const record = windowNamed(request);
  const { source } = record;
  return {
    title: record.window.label,
    area: "monitoring",
    body: html`<p class="crumbs"><a href="${withQuery(pageAddress("monitoring"), { source })}">Monitoring</a></p>
      ${section("about", "Window", about(record))}
      ${section("drift", "Drift", html`${findings(record, "drift")} ${columnDrifts(record)}`)}
      ${section("quality", "Data quality", html`${findings(record, "quality")} ${quality(record)}`)}
      ${section("performance", "Performance", html`${findings(record, "performance")} ${performance(request, record)} ${await predictedActual(request, record)} ${segments(record)} ${statements(record)}`)}`,
  };
}

function about({ window, status, createdAt, runId, modelVersion, reference, source }: MonitorRecord): Html {
  return factList([
    ["Status", windowWord(status)],
    ["Rows", `${displayNumber(window.rows)}, ${displayNumber(window.labelled)} of them labelled`],
    ["From", window.start === null ? null : dateTime(window.start)],
    ["To", window.end === null ? null : dateTime(window.end)],
    ["Source", source === "predictions" ? "logged predictions" : source],
    ["File", window.file],
    ["Model", modelLink(runId, modelVersion)],
    ["Compared with", `${reference.name}, ${countOf(reference.rows, "row")}`],
    ["Monitored", dateTime(createdAt)],
  ]);
}

function findings({ findings: all }: MonitorRecord, area: MonitorArea): Html {
  const own = all.filter((finding) => finding.area === area);
  if (own.length === 0) return emptyNote("No checks were run.");
  return dataTable({
    caption: "Checks, failures first",
    columns: ["Check", "Status", numeric("Value"), numeric("Limit"), "Message"],
    rows: own.map((finding) => ({
      cells: [
        finding.name,
        stateWord(finding.status),
        displayNumber(finding.value),
        limitText(finding, shortLimit) ?? "–",
        finding.message,
      ],
    })),
  });
}

function quality({ quality: { columns, duplicateShare, missingColumns, extraColumns } }: MonitorRecord): Html {
  const sentences = [
    `${percent(duplicateShare)} of the rows are duplicates.`,
    missingColumns.length === 0 ? "" : `Missing columns: ${missingColumns.join(", ")}.`,
    extraColumns.length === 0 ? "" : `Extra columns, which the model does not use: ${extraColumns.join(", ")}.`,
  ];
  return html`<p>${sentences.filter((text) => text !== "").join(" ")}</p>
    ${dataTable({
      caption: "Data quality by column",
      columns: [
        "Column",
        numeric("Missing"),
        numeric("Invalid"),
        numeric("New categories"),
        numeric("Out of range"),
        "Range",
      ],
      rows: Object.entries(columns).map(([name, column]) => ({
        cells: [
          name,
          percent(column.missingShare),
          `${percent(column.invalidShare)}${column.invalidExample === null ? "" : ` (“${column.invalidExample}”)`}`,
          column.newShare === null
            ? "–"
            : `${percent(column.newShare)}${column.newCategories.length === 0 ? "" : ` (${column.newCategories.slice(0, 3).join(", ")})`}`,
          percent(column.outsideShare),
          column.minimum === null ? "–" : `${displayNumber(column.minimum)} to ${displayNumber(column.maximum)}`,
        ],
      })),
    })}`;
}

function performance({ session }: PageRequest, { performance: report, runId }: MonitorRecord): Html {
  if (report.skipped !== undefined) return emptyNote(report.skipped);
  const task = session.store.run(runId ?? "")?.task ?? "binary";
  const { estimate } = report;
  const names = [...new Set([...Object.keys(report.metrics), ...Object.keys(estimate?.metrics ?? {})])];
  if (names.length === 0) return emptyNote("There are no labels and no estimates yet.");
  return dataTable({
    caption: `Metrics on ${countOf(report.rows, "labelled row")}${estimate === null ? "" : `, and estimates without labels on ${countOf(estimate.rows, "row")}`}`,
    columns: [
      "Metric",
      numeric("Value"),
      numeric("95 % interval"),
      numeric("On the test data"),
      numeric("Estimate without labels"),
    ],
    rows: names.map((name) => ({
      marked: name === report.metric,
      cells: [
        metricLabel(session.config, name, task).label,
        displayNumber(report.metrics[name]),
        displayInterval(report.intervals[name]),
        name === report.metric ? displayNumber(report.reference) : "–",
        displayNumber(estimate?.metrics[name]),
      ],
    })),
  });
}

/** Predictions against labels of a regression model; null for classification, and with fewer than two labelled rows. */
async function predictedActual(
  { draw }: PageRequest,
  { performance: { points } }: MonitorRecord,
): Promise<Html | null> {
  const pairs = points.flatMap(([, predicted, actual]) =>
    typeof predicted === "number" && typeof actual === "number" ? [{ predicted, actual }] : [],
  );
  if (pairs.length < 2) return null;
  const spec = plots.predictedVsActual({
    target: "value",
    actual: pairs.map(({ actual }) => actual),
    predicted: pairs.map(({ predicted }) => predicted),
  });
  return html`<div class="plots">${await draw("predicted-actual", spec)}</div>`;
}

function segments({ segments: all }: MonitorRecord): Html | null {
  if (all.length === 0) return null;
  return dataTable({
    caption: "Segments, worst first",
    columns: [
      "Segment",
      numeric("Rows"),
      numeric("Labelled"),
      numeric(all[0]!.metric),
      numeric("95 % interval"),
      "Status",
    ],
    rows: all.map(({ column, value, rows, labelled, metricValue, interval, status }) => ({
      cells: [
        `${column} = ${value}`,
        displayNumber(rows),
        displayNumber(labelled),
        displayNumber(metricValue),
        displayInterval(interval),
        stateWord(status),
      ],
    })),
    limit: 100,
  });
}

function statements({
  statements: all,
  performance: { metric, value },
  createdAt,
  window,
}: MonitorRecord): Html | null {
  if (all.length === 0) return null;
  const now = { asOf: createdAt, rows: window.rows, labelled: window.labelled, value };
  return dataTable({
    caption: "Results for this window as labels arrived",
    columns: ["As of", numeric("Rows"), numeric("Labelled"), numeric(metric)],
    rows: [...all, now].map((each) => ({
      cells: [dateTime(each.asOf), displayNumber(each.rows), displayNumber(each.labelled), displayNumber(each.value)],
    })),
  });
}

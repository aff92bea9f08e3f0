/** The table of a window's columns, largest drift first; each column links to its distributions. */
import type { ColumnDrift } from "../../core/records/drift.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import { displayNumber } from "../../plots/displayNumber.ts";
import { dataTable, numeric } from "../../reporting/dataTable.ts";
import { limitText, urgency, valueText } from "../../reporting/driftText.ts";
import { html, type Html } from "../../reporting/html.ts";
import { emptyNote } from "../../reporting/section.ts";
import { driftState } from "./charts/columnMatrix.ts";
import { pageAddress, withQuery } from "./frame/pageAddress.ts";

/** Name of the target in the table monitor_values. */
export const TARGET = "target";

export function columnDrifts({ drift, monitorId }: MonitorRecord): Html {
  const all = [...Object.entries(drift.columns), ...(drift.target === null ? [] : [[TARGET, drift.target] as const])];
  if (all.length === 0) return emptyNote("No column could be compared.");
  return dataTable({
    caption: "Columns, largest drift first",
    columns: ["Column", "Result", "Test", numeric("Value"), numeric("Drift if"), numeric("PSI"), "Note"],
    rows: all
      .toSorted(([, a], [, b]) => urgency(b) - urgency(a))
      .map(([name, column]) => ({
        cells: [
          html`<a href="${withQuery(pageAddress("monitoring", monitorId, "column"), { name })}">${name}</a>`,
          driftState({ status: statusOf(column) }),
          column.test.replaceAll("_", " "),
          valueText(column),
          limitText(column),
          displayNumber(column.psi),
          column.skipped ?? column.note ?? "",
        ],
      })),
  });
}

export function statusOf({ skipped, drifted }: ColumnDrift): "skipped" | "fail" | "pass" {
  return skipped !== undefined ? "skipped" : drifted ? "fail" : "pass";
}

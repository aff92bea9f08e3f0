/** The table of a window's columns, largest drift first; each column links to its distributions. */
import type { ColumnDrift } from "../../core/records/drift.ts";
import type { MonitorRecord } from "../../core/records/monitoring.ts";
import { displayNumber } from "../../plots/displayNumber.ts";
import { numeric } from "../../reporting/dataTable.ts";
import { limitText, urgency, valueText } from "../../reporting/driftText.ts";
import type { Html } from "../../reporting/html.ts";
import { emptyNote } from "../../reporting/section.ts";
import { columnLink, driftState } from "./charts/columnMatrix.ts";
import { itemTable } from "./frame/itemTable.ts";

/** Name of the target in the table monitor_values. */
export const TARGET = "target";

export function columnDrifts(record: MonitorRecord): Html {
  const { drift } = record;
  const all = [...Object.entries(drift.columns), ...(drift.target === null ? [] : [[TARGET, drift.target] as const])];
  if (all.length === 0) return emptyNote("No column could be compared.");
  const sorted = all.toSorted(([, a], [, b]) => urgency(b) - urgency(a));
  return itemTable(
    "Columns, largest drift first",
    sorted,
    [
      ["Column", ([name]) => columnLink(record, name)],
      ["Result", ([, column]) => driftState({ status: statusOf(column) })],
      ["Test", ([, { test }]) => test.replaceAll("_", " ")],
      [numeric("Value"), ([, column]) => valueText(column)],
      [numeric("Drift if"), ([, column]) => limitText(column)],
      [numeric("PSI"), ([, { psi }]) => displayNumber(psi)],
      sorted.some(([, { skipped, note }]) => (skipped ?? note) !== undefined) && [
        "Note",
        ([, { skipped, note }]) => skipped ?? note ?? "",
      ],
    ],
    { cards: false },
  );
}

export function statusOf({ skipped, drifted }: ColumnDrift): "skipped" | "fail" | "pass" {
  return skipped !== undefined ? "skipped" : drifted ? "fail" : "pass";
}

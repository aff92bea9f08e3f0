/** Texts of a column's drift, shared by the report and the pages. */
import type { ColumnDrift } from "../core/records/drift.ts";
import { displayNumber, exact } from "../plots/displayNumber.ts";

/** Sort key: drifted columns first, each group by PSI, and skipped columns last. */
export function urgency({ drifted, psi, skipped }: ColumnDrift): number {
  return skipped === undefined ? (drifted ? 1000 : 0) + Math.min(999, psi ?? 0) : -1;
}

export function valueText({ skipped, measure, value }: ColumnDrift): string {
  return skipped !== undefined ? "–" : `${measure === "p_value" ? "p = " : ""}${displayNumber(value)}`;
}

export function limitText({ skipped, direction, limit }: ColumnDrift): string {
  return skipped !== undefined ? "–" : `${direction === "below" ? "below" : "at or above"} ${exact(limit)}`;
}

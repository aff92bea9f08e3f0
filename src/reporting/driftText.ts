/** Texts of a column's drift, shared by the report and the pages. */
import type { ColumnDrift } from "../core/records/drift.ts";
import { isPValueTest } from "../drift/findDriftTest.ts";
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

/**
 * Of a value in the index, which has the name of the test as its message: "below 0.05" for a p-value, "at or above 0.1"
 * for a distance. A p-value below the limit is no drift if the change is small.
 */
export function driftIf(
  indexed: Readonly<Record<"message" | "status", string | null> & Record<"value" | "bound", number | null>>,
): string {
  const { message, value, bound, status } = indexed;
  if (bound === null) return "–";
  if (!isPValueTest(message ?? "")) return `at or above ${exact(bound)}`;
  return `below ${exact(bound)}${status === "pass" && value !== null && value < bound ? ", unless small" : ""}`;
}

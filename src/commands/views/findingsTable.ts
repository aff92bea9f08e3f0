/** The table of findings that several commands share. */
import type { Finding } from "../../core/records/drift.ts";
import type { ViewTable } from "../../core/view.ts";

export function findingsTable(findings: readonly Finding[]): ViewTable {
  return {
    columns: ["finding", "status", "value", "limit", { header: "message", overflow: "wrap" }],
    rows: findings.map(({ name, status, value, limit, message }) => [name, status, value, limit, message]),
  };
}

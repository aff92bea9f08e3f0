/** Findings as a table, the same in every command that has some. */
import type { Finding } from "../core/records/drift.ts";
import type { ViewTable } from "../core/view.ts";

export function findingsTable(findings: readonly Finding[]): ViewTable {
  return {
    columns: ["finding", "status", "value", "limit", { header: "message", overflow: "wrap" }],
    rows: findings.map(({ name, status, value, limit, message }) => [name, status, value, limit, message]),
  };
}

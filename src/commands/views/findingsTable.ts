/** The table of findings that several commands share. */
import type { Finding } from "../../core/records/drift.ts";
import { limitText } from "../../core/text/limitText.ts";
import type { ViewTable } from "../../core/view.ts";

export function findingsTable(findings: readonly Finding[]): ViewTable {
  return {
    columns: [
      "finding",
      "status",
      "value",
      { header: "limit", align: "right" },
      { header: "message", overflow: "wrap" },
    ],
    rows: findings.map((finding) => {
      const { name, status, value, message } = finding;
      return [name, status, value, limitText(finding), message];
    }),
  };
}

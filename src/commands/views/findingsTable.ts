/** The table of findings that several commands share. */
import type { Finding } from "../../core/records/drift.ts";
import { limitText } from "../../core/text/limitText.ts";
import type { ViewTable } from "../../core/view.ts";
import { tableOf } from "./tableOf.ts";

export function findingsTable(findings: readonly Finding[]): ViewTable {
  return tableOf(findings, [
    ["finding", ({ name }) => name],
    ["status", ({ status }) => status],
    ["value", ({ value }) => value],
    [{ header: "limit", align: "right" }, limitText],
    [{ header: "message", overflow: "wrap" }, ({ message }) => message],
  ]);
}

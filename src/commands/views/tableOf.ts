/** Builds the tables of views. */
import type { Finding } from "../../core/records/monitoring.ts";
import { limitText } from "../../core/text/recordText.ts";
import type { Cell, ViewColumn, ViewTable } from "../../core/view.ts";

export type TableColumn<Item> = readonly [header: ViewColumn | string, cell: (item: Item) => Cell];

/** One row per item. A column that is `false` is left out. */
export function tableOf<Item>(items: readonly Item[], columns: readonly (TableColumn<Item> | false)[]): ViewTable {
  const shown = columns.filter((column) => column !== false);
  return { columns: shown.map(([header]) => header), rows: items.map((item) => shown.map(([, cell]) => cell(item))) };
}

export function statusWord({ status }: Pick<Finding, "status">): string {
  return status === "skipped" ? "not judged" : status;
}

export function findingsTable(findings: readonly Finding[]): ViewTable {
  return tableOf(findings, [
    ["finding", ({ name }) => name],
    ["status", statusWord],
    ["value", ({ value }) => value],
    [{ header: "limit", align: "right" }, limitText],
    [{ header: "message", overflow: "wrap" }, ({ message }) => message],
  ]);
}

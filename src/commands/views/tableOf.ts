/** Builds the table of a view from a list, with each header beside its cells. */
import type { Cell, ViewColumn, ViewTable } from "../../core/view.ts";

export type TableColumn<Item> = readonly [header: ViewColumn | string, cell: (item: Item) => Cell];

/** One row per item. A column that is `false` is left out. */
export function tableOf<Item>(items: readonly Item[], columns: readonly (TableColumn<Item> | false)[]): ViewTable {
  const shown = columns.filter((column) => column !== false);
  return { columns: shown.map(([header]) => header), rows: items.map((item) => shown.map(([, cell]) => cell(item))) };
}

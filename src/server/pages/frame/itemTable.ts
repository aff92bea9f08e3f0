/** Builds a table from a list, with each heading beside its cells. */
import { dataTable, type DataTable } from "../../../reporting/dataTable.ts";
import type { Html } from "../../../reporting/html.ts";

type Heading = DataTable["columns"][number];
type Cell = DataTable["rows"][number]["cells"][number];

interface TableOptions<Item> {
  readonly isMarked?: (item: Item) => boolean;
  readonly limit?: number;
  /** False for long tables of short values, which phones scroll sideways instead: cards would be pages of them. */
  readonly cards?: boolean;
}

/** One row per item. A column that is `false` is left out. */
export function itemTable<Item>(
  caption: string,
  items: readonly Item[],
  columns: readonly (readonly [heading: Heading, cell: (item: Item) => Cell] | false)[],
  { isMarked = () => false, limit, cards = true }: TableOptions<Item> = {},
): Html {
  const shown = columns.filter((column) => column !== false);
  return dataTable({
    caption,
    columns: shown.map(([heading]) => heading),
    // Up to three columns fit on a phone.
    cards: cards && shown.length > 3,
    rows: items.map((item) => ({ cells: shown.map(([, cell]) => cell(item)), marked: isMarked(item) })),
    ...(limit !== undefined && { limit }),
  });
}

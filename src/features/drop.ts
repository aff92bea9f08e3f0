/** Drop: removes columns. */
import { MlctlError } from "../core/errors.ts";
import type { Transform } from "../core/transform.ts";
import { chooseColumns, readOptions } from "./readOptions.ts";

type DropState = { readonly columns: readonly string[] };

/** Rows to predict do not need the dropped columns. */
export const drop: Transform<DropState> = {
  type: "drop",
  description: "removes columns",
  kinds: ["number", "category", "date"],
  options: [],
  fit(table, given) {
    const { column, columns } = readOptions(given, []);
    if (column === undefined && columns === undefined) {
      throw new MlctlError("usage", "no column to drop given", { hint: "set column or columns" });
    }
    return { columns: chooseColumns(table, given, drop.kinds).map((each) => each.name) };
  },
  inputNames: (state) => state.columns,
  outputNames: () => [],
  load(state) {
    const dropped = new Set(state.columns);
    return (table) => ({
      rowCount: table.rowCount,
      columns: table.columns.filter((column) => !dropped.has(column.name)),
    });
  },
  toOnnx: (_graph, state, columns) => columns.filter(({ name }) => !state.columns.includes(name)),
};

/** Drop: removes columns. */
import { MlctlError } from "../core/errors.ts";
import type { Transform } from "../core/transform.ts";
import { chooseColumns } from "./chooseColumns.ts";
import { readOptions } from "./readOptions.ts";

export type DropState = { readonly columns: readonly string[] };

/** Rows to predict need not have the columns: what a model does not use, nobody must supply. */
export const drop: Transform<DropState> = {
  type: "drop",
  description: "removes columns",
  kinds: ["number", "category", "date"],
  options: [],
  fit(table, given) {
    const { column, columns } = readOptions(given, []);
    if (column === undefined && columns === undefined) {
      throw new MlctlError("usage", "says no column to drop", { hint: "give column or columns" });
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
};

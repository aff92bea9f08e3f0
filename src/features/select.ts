/** Select keeps the named columns, in training order, and ignores all others; drop removes the named ones. */
import { MlctlError } from "../core/errors.ts";
import { didYouMean } from "../core/text/suggest.ts";
import type { Column, ColumnKind, Table } from "../core/table/table.ts";
import type { Transform } from "../core/transform.ts";
import { nameOf, namesOf, wrongKind, chooseColumns, readOptions } from "./mapColumns.ts";

export type SelectState = { readonly columns: readonly { readonly name: string; readonly kind: ColumnKind }[] };

export const select: Transform<SelectState> = {
  type: "select",
  description: "keeps the named columns and drops all others",
  kinds: ["number", "category", "date"],
  options: [],
  fit(table, given) {
    readOptions(given, []);
    const chosen = chooseColumns(table, given, select.kinds);
    return { columns: chosen.map(({ name, kind }) => ({ name, kind })) };
  },
  inputNames: namesOf,
  outputNames: namesOf,
  load(state) {
    const slotOf = new Map(state.columns.map((column, slot) => [column.name, slot]));
    return (table) => {
      const found: (Column | undefined)[] = Array.from({ length: state.columns.length });
      for (const column of table.columns) {
        const slot = slotOf.get(column.name);
        if (slot !== undefined) found[slot] = column;
      }
      const columns = state.columns.map(({ name, kind }, slot) => asKind(found[slot] ?? absent(name, table), kind));
      return { rowCount: table.rowCount, columns };
    };
  },
  toOnnx(_graph, state, columns) {
    const byName = new Map(columns.map((column) => [column.name, column]));
    return state.columns.map(({ name }) => byName.get(name)!);
  },
};

/** Rows to predict do not need the dropped columns. */
export const drop: Transform<{ readonly columns: readonly string[] }> = {
  type: "drop",
  description: "removes columns",
  kinds: ["number", "category", "date"],
  options: [],
  fit(table, given) {
    const { column, columns } = readOptions(given, []);
    if (column === undefined && columns === undefined)
      throw new MlctlError("usage", "no column to drop given", { hint: "set column or columns" });
    return { columns: chooseColumns(table, given, drop.kinds).map(nameOf) };
  },
  inputNames: namesOf,
  outputNames: () => [],
  load({ columns }) {
    const dropped = new Set(columns);
    return (table) => ({ ...table, columns: table.columns.filter(({ name }) => !dropped.has(name)) });
  },
  toOnnx: (_graph, state, columns) => columns.filter(({ name }) => !state.columns.includes(name)),
};

/** Converts a column without any value to the kind it had in training, since its own kind is arbitrary. */
function asKind(column: Column, kind: ColumnKind): Column {
  if (column.kind === kind) return column;
  const cells: Int32Array | Float64Array = column.kind === "category" ? column.codes : column.values;
  const isMissing = (cell: number): boolean => (column.kind === "category" ? cell < 0 : Number.isNaN(cell));
  if (!cells.every(isMissing)) throw wrongKind(column, kind);
  const { name } = column;
  if (kind === "category") return { kind, name, codes: new Int32Array(cells.length).fill(-1), categories: [] };
  return { kind, name, values: new Float64Array(cells.length).fill(NaN) };
}

function absent(name: string, table: Table): never {
  const names = table.columns.map((column) => column.name);
  const hint = didYouMean(name, names, "the model needs every column it was trained on");
  throw new MlctlError("data", `column "${name}" is missing`, { hint });
}

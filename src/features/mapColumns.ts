/** Replaces columns of a table by name; the other columns keep their place. */
import { MlctlError } from "../core/errors.ts";
import type { Column, ColumnKind, DateColumn, NumberColumn, Table } from "../core/table/table.ts";

/** A column of kind `K`. */
export type ColumnOf<K extends ColumnKind> = Extract<Column, { readonly kind: K }>;

/** A column in the state of a transform: its name, or an object with its name. */
type FittedColumn = string | { readonly name: string };

/** Names of the fitted columns, for transforms that keep them. */
export function namesOf({ columns }: { readonly columns: readonly FittedColumn[] }): readonly string[] {
  return columns.map((column) => (typeof column === "string" ? column : column.name));
}

/**
 * Compiles `columns` into a function from table to table: one pass over the columns, one lookup per column.
 * @param applyOf called once per fitted column; returns the function that replaces the column by any number of columns
 * @throws {MlctlError} (when applied) kind "data" if a column is missing or of another kind than in training
 */
export function mapColumns<K extends ColumnKind, Fitted extends FittedColumn>(
  kind: K,
  columns: readonly Fitted[],
  applyOf: (fitted: Fitted) => (column: ColumnOf<K>, table: Table) => readonly Column[],
): (table: Table) => Table {
  const applyByName = new Map(namesOf({ columns }).map((name, i) => [name, applyOf(columns[i]!)]));
  return (table) => {
    const made: Column[] = [];
    let found = 0;
    for (const column of table.columns) {
      const apply = applyByName.get(column.name);
      if (apply === undefined) {
        made.push(column);
        continue;
      }
      if (!isKind(column, kind)) throw wrongKind(column, kind);
      found++;
      for (const each of apply(column, table)) made.push(each);
    }
    if (found < applyByName.size) throw absent(table, [...applyByName.keys()]);
    return { rowCount: table.rowCount, columns: made };
  };
}

/** A number column of `f` of each value; `f` gets NaN for a missing value and may return NaN. */
export function mapValues(
  column: NumberColumn | DateColumn,
  f: (value: number) => number,
  name = column.name,
): NumberColumn {
  const values = new Float64Array(column.values.length);
  for (let row = 0; row < values.length; row++) values[row] = f(column.values[row]!);
  return { kind: "number", name, values };
}

function isKind<K extends ColumnKind>(column: Column, kind: K): column is ColumnOf<K> {
  return column.kind === kind;
}

/** Names of column kinds in messages. */
export const kindWords = { number: "numbers", category: "text", date: "dates" } as const satisfies Record<
  ColumnKind,
  string
>;

export function wrongKind(column: Column, expected: ColumnKind): MlctlError {
  return new MlctlError(
    "data",
    `column "${column.name}" contains ${kindWords[column.kind]}, but the model was trained on ${kindWords[expected]}`,
    { hint: `provide "${column.name}" as ${kindWords[expected]}` },
  );
}

function absent(table: Table, needed: readonly string[]): MlctlError {
  const present = new Set(table.columns.map((column) => column.name));
  const missing = needed.filter((name) => !present.has(name)).map((name) => `"${name}"`);
  const subject = missing.length === 1 ? `column ${missing[0]} is` : `columns ${missing.join(", ")} are`;
  return new MlctlError("data", `${subject} missing`, { hint: "the model needs every column it was trained on" });
}

/** Replaces columns of a table by name; the other columns keep their place. */
import { MlctlError } from "../core/errors.ts";
import type { CategoryColumn, Column, ColumnKind, DateColumn, NumberColumn, Table } from "../core/table/table.ts";

export type ColumnOf<K extends ColumnKind> = Extract<Column, { readonly kind: K }>;

/** A column in the state of a transform: its name, or an object with its name. */
export type FittedColumn = string | { readonly name: string };

export function nameOf(column: FittedColumn): string {
  return typeof column === "string" ? column : column.name;
}

export function namesOf({ columns }: { readonly columns: readonly FittedColumn[] }): readonly string[] {
  return columns.map(nameOf);
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
  const applyByName = new Map(columns.map((column) => [nameOf(column), applyOf(column)]));
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

/**
 * Maps the codes of a column to values by category, since codes differ between training and prediction. Cached until
 * another dictionary is used: slices of one table share theirs.
 * @returns for a column, a function from code to value; `otherwise` for missing (−1) and for categories not in `valueOf`
 */
export function codeLookup<T>(
  valueOf: ReadonlyMap<string, T>,
  otherwise: T,
): (column: CategoryColumn) => (code: number) => T {
  let dictionary: readonly string[] | undefined;
  let values: T[] = [];
  return (column) => {
    if (column.categories !== dictionary) {
      dictionary = column.categories;
      values = column.categories.map((category) => valueOf.get(category) ?? otherwise);
    }
    const current = values;
    return (code) => (code < 0 ? otherwise : current[code]!);
  };
}

function isKind<K extends ColumnKind>(column: Column, kind: K): column is ColumnOf<K> {
  return column.kind === kind;
}

export const kindWords: Readonly<Record<ColumnKind, string>> = { number: "numbers", category: "text", date: "dates" };

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

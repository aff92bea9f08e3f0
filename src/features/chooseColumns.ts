/** Resolves the `column` and `columns` options of a transform. */
import { MlctlError } from "../core/errors.ts";
import { columnHint } from "../core/text/suggest.ts";
import { wildcard } from "../core/text/wildcard.ts";
import type { ColumnKind, Table } from "../core/table/table.ts";
import type { TransformOptions } from "../core/transform.ts";
import { kindWords, type ColumnOf } from "./mapColumns.ts";

/** Maximum number of column names in a hint. */
const MAX_NAMES = 10;

/**
 * The columns named by `options.column` or `options.columns` (`*` matches any characters), in the order of the table; all
 * columns of `kinds` if neither is set. A pattern selects only columns of `kinds`; a plain name must be a column of `kinds`.
 *
 * @throws {MlctlError} kind "usage" for a name or pattern that matches no column, or a column of another kind
 */
export function chooseColumns<K extends ColumnKind>(
  table: Table,
  options: TransformOptions,
  kinds: readonly K[],
): ColumnOf<K>[] {
  const wanted = wantedNames(options);
  const allowed = new Set<ColumnKind>(kinds);
  const candidates = table.columns.filter((column): column is ColumnOf<K> => allowed.has(column.kind));
  if (wanted === undefined) return candidates;
  const byName = new Map(table.columns.map((column) => [column.name, column]));
  const chosen = new Set<string>();
  for (const name of wanted) {
    const column = byName.get(name);
    if (column === undefined) {
      const matches = wildcard(name);
      const matching = name.includes("*") ? candidates.filter((each) => matches(each.name)) : [];
      if (matching.length === 0) {
        throw new MlctlError("usage", `no column "${name}"`, { hint: columnHint(name, [...byName.keys()], MAX_NAMES) });
      }
      for (const each of matching) chosen.add(each.name);
    } else if (allowed.has(column.kind)) {
      chosen.add(name);
    } else {
      const words = kinds.map((kind) => kindWords[kind]).join(" or ");
      throw new MlctlError("usage", `column "${name}" contains ${kindWords[column.kind]}, expected ${words}`);
    }
  }
  return candidates.filter((column) => chosen.has(column.name));
}

function wantedNames(options: TransformOptions): readonly string[] | undefined {
  if (typeof options["column"] === "string") return [options["column"]];
  return Array.isArray(options["columns"]) ? options["columns"].map(String) : undefined;
}

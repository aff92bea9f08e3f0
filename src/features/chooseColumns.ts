/** Finds the columns that a transform's options mean. */
import { MlctlError } from "../core/errors.ts";
import { suggest } from "../core/text/suggest.ts";
import type { ColumnKind, Table } from "../core/table/table.ts";
import type { TransformOptions } from "../core/transform.ts";
import { kindWords } from "./mapColumns.ts";
import type { ColumnOf } from "./mapColumns.ts";

/** Names listed in an error message before it says how many more there are. */
const LISTED_NAMES = 10;

/**
 * The columns named by `options.column` or `options.columns` (`*` stands for any letters), in the order of the table;
 * every column of `kinds` if neither is given. A pattern takes only columns of `kinds`; a plain name must be one of them.
 *
 * @throws {MlctlError} kind "usage" for a name or pattern that meets no column, or a column of another kind
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
      const met = name.includes("*") ? candidates.filter((each) => pattern(name).test(each.name)) : [];
      if (met.length === 0) throw unknownColumn(name, table);
      for (const each of met) chosen.add(each.name);
    } else if (allowed.has(column.kind)) {
      chosen.add(name);
    } else {
      const words = kinds.map((kind) => kindWords[kind]).join(" or ");
      throw new MlctlError("usage", `column "${name}" holds ${kindWords[column.kind]}, ${words} needed`);
    }
  }
  return candidates.filter((column) => chosen.has(column.name));
}

function wantedNames(options: TransformOptions): readonly string[] | undefined {
  if (typeof options["column"] === "string") return [options["column"]];
  return Array.isArray(options["columns"]) ? options["columns"].map(String) : undefined;
}

function pattern(glob: string): RegExp {
  const escaped = glob.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll("*", ".*")}$`, "s");
}

function unknownColumn(name: string, table: Table): MlctlError {
  const names = table.columns.map((column) => column.name);
  const close = suggest(name, names);
  const more = names.length > LISTED_NAMES ? ` and ${names.length - LISTED_NAMES} more` : "";
  const listed = `the columns here are ${names.slice(0, LISTED_NAMES).join(", ")}${more}`;
  return new MlctlError("usage", `no column "${name}"`, {
    hint: close === undefined ? listed : `did you mean "${close}"?`,
  });
}

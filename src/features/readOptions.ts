/** Reads a transform's options: validates them, fills in defaults and finds the columns. */
import { MlctlError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { correction, param, type ParamSpec } from "../core/paramSpec.ts";
import type { ColumnKind, Table } from "../core/table/table.ts";
import { columnHint, didYouMean } from "../core/text/suggest.ts";
import { wildcard } from "../core/text/wildcard.ts";
import type { TransformOptions } from "../core/transform.ts";
import { kindWords, type ColumnOf } from "./mapColumns.ts";

/** Options of every transform; by default a transform uses all columns of its kinds. */
const commonOptions: readonly ParamSpec[] = [
  param("column", { type: "text", default: null }, "column to use"),
  param("columns", { type: "texts", default: null }, "columns to use; * matches any characters"),
];

/**
 * @returns the options with defaults; the type parameter must match `specs`
 * @throws {MlctlError} kind "usage", with every problem in its details
 */
export function readOptions<Options = JsonObject>(options: TransformOptions, specs: readonly ParamSpec[]): Options {
  const problems = optionProblems(options, specs);
  if (problems.length > 0) {
    throw new MlctlError("usage", problems[0]!, { details: problems.length > 1 ? problems : [] });
  }
  const defaults = Object.fromEntries(specs.map((spec) => [spec.name, spec.default]));
  return { ...defaults, ...options } as Options;
}

/** One message per problem in `options`; empty if they are valid. */
export function optionProblems(options: TransformOptions, specs: readonly ParamSpec[]): string[] {
  const known = new Map([...commonOptions, ...specs].map((spec) => [spec.name, spec]));
  const problems: string[] = [];
  for (const [name, value] of Object.entries(options)) {
    const spec = known.get(name);
    const names = [...known.keys()];
    const hint = spec && correction(spec, value);
    if (spec === undefined)
      problems.push(`unknown option "${name}", ${didYouMean(name, names, `allowed: ${names.join(", ")}`)}`);
    else if (hint !== undefined) problems.push(`${name} is ${JSON.stringify(value)}, ${hint}`);
  }
  if ("column" in options && "columns" in options) problems.push("set column or columns, not both");
  return problems;
}

const MAX_NAMES = 10;

/**
 * The columns named by `options.column` or `options.columns` (`*` matches any characters), in the order of the table; all
 * columns of `kinds` if neither is set. A pattern selects only columns of `kinds`; a plain name must be a column of `kinds`.
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

/** Replaces columns of a table by name; the other columns keep their place. */
import { MlctlError } from "../core/errors.ts";
import type { CategoryColumn, Column, ColumnKind, DateColumn, NumberColumn, Table } from "../core/table/table.ts";
import { type ParamSpec, correction, param } from "../core/paramSpec.ts";
import type { JsonObject } from "../core/json.ts";
import { replaceColumns, type GraphBuilder, type GraphColumn } from "../core/onnx.ts";
import type { Transform, TransformContext, TransformOptions } from "../core/transform.ts";
import { columnHint, didYouMean } from "../core/text/suggest.ts";
import { wildcard } from "../core/text/wildcard.ts";

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

/** Transforms that replace each of their columns without looking at the others. */
interface ColumnTransform<State, K extends ColumnKind, Options, Fitted> {
  readonly type: string;
  readonly description: string;
  readonly kind: K;
  readonly options?: readonly ParamSpec[];
  fit(
    columns: readonly ColumnOf<K>[],
    options: Options,
    from: { readonly table: Table; readonly given: TransformOptions; readonly context: TransformContext },
  ): State;
  /** Names of the columns that replace a column; default: its own. */
  outputs?(fitted: Fitted, state: State): readonly string[];
  /** Called once per fitted column, so that lookups are built once. */
  replace(fitted: Fitted, state: State): (column: ColumnOf<K>) => readonly Column[];
  toOnnx?(graph: GraphBuilder, from: GraphColumn, fitted: Fitted, state: State): readonly GraphColumn[];
}

export function columnTransform<
  State extends JsonObject & { readonly columns: readonly FittedColumn[] },
  K extends ColumnKind,
  Options = unknown,
>({
  type,
  description,
  kind,
  options = [],
  fit,
  outputs,
  replace,
  toOnnx,
}: ColumnTransform<State, K, Options, State["columns"][number]>): Transform<State> {
  return {
    type,
    description,
    kinds: [kind],
    options,
    fit(table, given, context) {
      const read = readOptions<Options>(given, options);
      return fit(chooseColumns(table, given, [kind]), read, { table, given, context });
    },
    inputNames: namesOf,
    outputNames: (state) =>
      outputs === undefined ? namesOf(state) : state.columns.flatMap((fitted) => outputs(fitted, state)),
    load: (state) => mapColumns(kind, state.columns, (fitted) => replace(fitted, state)),
    ...(toOnnx && {
      toOnnx: (graph, state, columns) =>
        replaceColumns(columns, state.columns, (from, fitted) => toOnnx(graph, from, fitted, state)),
    }),
  };
}

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

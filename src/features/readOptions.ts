/** Reads a transform's options: validates them, fills in defaults and finds the columns. */
import { MlctlError } from "../core/errors.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { ColumnKind, Table } from "../core/table/table.ts";
import { columnHint, didYouMean, suggest } from "../core/text/suggest.ts";
import { wildcard } from "../core/text/wildcard.ts";
import type { TransformOption, TransformOptions } from "../core/transform.ts";
import { kindWords, type ColumnOf } from "./mapColumns.ts";

/** Options of every transform; by default a transform uses all columns of its kinds. */
const commonOptions: readonly TransformOption[] = [
  option("column", { type: "text", default: null }, "column to use"),
  option("columns", { type: "texts", default: null }, "columns to use; * matches any characters"),
];

/** The entry of an option: its type, default and limits, and what it does. */
export function option(
  name: string,
  values: Omit<TransformOption, "name" | "description">,
  description: string,
): TransformOption {
  return { name, ...values, description };
}

/**
 * @returns the options with defaults; the type parameter must match `specs`
 * @throws {MlctlError} kind "usage", with every problem in its details
 */
export function readOptions<Options = JsonObject>(
  options: TransformOptions,
  specs: readonly TransformOption[],
): Options {
  const problems = optionProblems(options, specs);
  if (problems.length > 0) {
    throw new MlctlError("usage", problems[0]!, { details: problems.length > 1 ? problems : [] });
  }
  const defaults = Object.fromEntries(specs.map((spec) => [spec.name, spec.default]));
  return { ...defaults, ...options } as Options;
}

/** One message per problem in `options`; empty if they are valid. */
export function optionProblems(options: TransformOptions, specs: readonly TransformOption[]): string[] {
  const known = new Map([...commonOptions, ...specs].map((spec) => [spec.name, spec]));
  const problems: string[] = [];
  for (const [name, value] of Object.entries(options)) {
    const spec = known.get(name);
    const problem = spec === undefined ? unknownOption(name, [...known.keys()]) : valueProblem(spec, value);
    if (problem !== undefined) problems.push(problem);
  }
  if ("column" in options && "columns" in options) problems.push("set column or columns, not both");
  return problems;
}

function unknownOption(name: string, known: readonly string[]): string {
  return `unknown option "${name}", ${didYouMean(name, known, `allowed: ${known.join(", ")}`)}`;
}

function valueProblem(spec: TransformOption, value: Json): string | undefined {
  if (value === null && spec.default === null) return undefined;
  if (spec.type === "choices") return choicesProblem(spec, value);
  if (spec.type === "choice") return choiceProblem(spec, value);
  if (!isOfType[spec.type](value)) return `${spec.name} is ${JSON.stringify(value)}, allowed: ${typeWords[spec.type]}`;
  if (spec.type !== "integers") return typeof value === "number" ? rangeProblem(spec, value) : undefined;
  const numbers = value as readonly number[];
  if (numbers.length === 0) return `${spec.name} is empty`;
  return numbers.map((each) => rangeProblem(spec, each)).find((problem) => problem !== undefined);
}

function rangeProblem(spec: TransformOption, value: number): string | undefined {
  if (spec.minimum !== undefined && value < spec.minimum)
    return `${spec.name} is ${value}, must be at least ${spec.minimum}`;
  if (spec.maximum !== undefined && value > spec.maximum)
    return `${spec.name} is ${value}, must be at most ${spec.maximum}`;
  return undefined;
}

function choicesProblem(spec: TransformOption, value: Json): string | undefined {
  if (!Array.isArray(value)) return `${spec.name} is ${JSON.stringify(value)}, allowed: a list`;
  return value.map((each: Json) => choiceProblem(spec, each)).find((problem) => problem !== undefined);
}

function choiceProblem(spec: TransformOption, value: Json): string | undefined {
  const choices = spec.choices ?? [];
  if (typeof value === "string" && choices.includes(value)) return undefined;
  const close = typeof value === "string" ? suggest(value, choices) : undefined;
  const advice = close === undefined ? "" : `did you mean "${close}"? `;
  return `${spec.name} is ${JSON.stringify(value)}, ${advice}allowed: ${choices.join(", ")}`;
}

type PlainType = Exclude<TransformOption["type"], "choice" | "choices">;

const isString = (value: Json): boolean => typeof value === "string";
const isNumber = (value: Json): boolean => typeof value === "number" && Number.isFinite(value);

const isOfType: Record<PlainType, (value: Json) => boolean> = {
  number: isNumber,
  integer: Number.isInteger,
  boolean: (value) => typeof value === "boolean",
  text: isString,
  integers: (value) => Array.isArray(value) && value.every(Number.isInteger),
  texts: (value) => Array.isArray(value) && value.every(isString),
  scalar: (value) => isString(value) || isNumber(value),
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
};

const typeWords: Record<PlainType, string> = {
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  text: "a string",
  integers: "a list of whole numbers",
  texts: "a list of strings",
  scalar: "a number or a string",
  object: "an object",
};

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

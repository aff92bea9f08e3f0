/** Converts a table to the columns and kinds that a model was trained on, or reports all mismatches. */
import {
  categoryColumn,
  cellText,
  findColumn,
  type ColumnSpec,
  type Signature,
  type CategoryColumn,
  type Column,
  type Table,
} from "../../core/table/table.ts";
import { MlctlError } from "../../core/errors.ts";
import { listed } from "../../core/text/format.ts";
import { cellParser, type CellParser } from "../../core/text/valueFormat.ts";
import { otherSpelling } from "./otherSpelling.ts";
import { suggest } from "../../core/text/suggest.ts";

/**
 * The model's input columns, in its order and with its kinds; other columns are dropped. Strings in a number column are
 * parsed, numbers in a category column become strings.
 * @param placeOf names a row in an error, e.g. by its line if the caller knows it
 * @throws {MlctlError} kind "data" naming every column that is missing or of another kind
 */
export function conformTable(
  table: Table,
  signature: Signature,
  placeOf = (row: number) => `data row ${row + 1}`,
): Table {
  const names = table.columns.map(({ name }) => name);
  const problems = missingColumns(signature, names);
  const columns = signature.inputs.flatMap((spec) => {
    const column = findColumn(table, spec.name);
    const conformed = column === undefined ? [] : conformColumn(column, spec, { table, placeOf, signature });
    if (typeof conformed !== "string") return [conformed].flat().map((each) => ({ ...each, name: spec.name }));
    problems.push(conformed);
    return [];
  });
  if (problems.length > 0) {
    const hint = "provide the columns listed by `mlctl models show`, or train again on this kind of data";
    throw new MlctlError("data", "the data does not fit the model", { details: problems, hint });
  }
  return { rowCount: table.rowCount, columns };
}

function conformColumn(
  column: Column,
  spec: ColumnSpec,
  { table, placeOf, signature }: { table: Table; placeOf: (row: number) => string; signature: Signature },
): Column | string {
  const { name, kind } = spec;
  if (kind === "category" && column.kind === "category") return spelled(column, spec);
  if (kind === "category") {
    const texts = Array.from({ length: table.rowCount }, (_, row) => cellText(column, row));
    return spelled(categoryColumn(column.name, texts), spec);
  }
  if (column.kind === kind) return column;
  if (column.kind !== "category")
    return `column "${name}" contains ${column.kind}s, but the model was trained on ${kind}s`;
  const parsed = column.categories.map(cellParserOf(signature, name, kind));
  const values = new Float64Array(column.codes.length);
  for (let row = 0; row < values.length; row++) {
    const code = column.codes[row]!;
    const value = code < 0 ? NaN : parsed[code];
    if (value === undefined)
      return `column "${name}" contains ${JSON.stringify(column.categories[code])} in ${placeOf(row)}, but the model was trained on ${kind}s`;
    values[row] = value;
  }
  return { kind, name, values };
}

/** The column with the model's spelling of its categories. */
function spelled(column: CategoryColumn, { categories = [] }: ColumnSpec): CategoryColumn {
  const known = new Set(categories);
  const spelling = otherSpelling(categories);
  const texts = column.categories.map((text) => (known.has(text) ? text : (spelling(text) ?? text)));
  if (texts.every((text, code) => text === column.categories[code])) return column;
  const merged = categoryColumn(column.name, texts);
  return { ...merged, codes: column.codes.map((code) => (code < 0 ? code : merged.codes[code]!)) };
}

type Reading = Pick<Signature, "reading">;

/** @returns a function from a cell of the column to its number, or time in milliseconds; see cellParser */
export function cellParserOf({ reading }: Reading, column: string, kind: "number" | "date"): CellParser {
  const parse = cellParser(kind, { format: formatOf(reading, column), hasMarkers: reading.formats !== undefined });
  const also = new Set<unknown>(reading.alsoMissing);
  return also.size === 0 ? parse : (cell) => parse(cell) ?? (also.has(cell) ? NaN : undefined);
}

/** A note for each column with cells that are missing because config.json says so, and not to the model. */
export function alsoMissingNotes({ columns }: Pick<Table, "columns">, { inputs, reading }: Signature): string[] {
  const known = { reading: { ...reading, alsoMissing: [] } };
  return columns.flatMap((column) => {
    const kind = inputs.find(({ name }) => name === column.name)?.kind ?? "category";
    if (kind === "category" || column.kind !== "category") return [];
    const parse = cellParserOf(known, column.name, kind);
    const words = column.categories.filter((text) => reading.alsoMissing?.includes(text) && parse(text) === undefined);
    const quoted = words.map((text) => JSON.stringify(text));
    return words.length === 0 ? [] : [`column "${column.name}": ${listed(quoted)} ${ALSO_MISSING}`];
  });
}

export const ALSO_MISSING = "read as missing, as ingest.null_values says";

/** What a cell of the column must be, for messages: "a number such as 1.234,5 €". */
export function expectedCell({ reading }: Reading, column: string, kind: "number" | "date"): string {
  const format = formatOf(reading, column);
  if (format === undefined) return kind === "number" ? "a number" : "a date such as 2024-01-31";
  return kind === "number" ? `a number such as ${format}` : `a date written ${format} or 2024-01-31`;
}

function formatOf({ formats }: Signature["reading"], column: string): string | undefined {
  // hasOwn because a column may be called "constructor".
  return formats !== undefined && Object.hasOwn(formats, column) ? formats[column] : undefined;
}

/** Of the names compared with each missing column, so that a hostile header does not take minutes. */
const MAX_CANDIDATES = 200;
const MAX_NAME_LENGTH = 200;

/** Position of a column of the model among `names`, which are composed (NFC); those of an old model may not be. */
export function positionOf(column: string, names: readonly string[]): number {
  const position = names.indexOf(column);
  return position >= 0 ? position : names.indexOf(column.normalize("NFC"));
}

/** One message per input column that is not among `names`, with a similar unknown column as a suggestion. */
export function missingColumns({ inputs, target }: Signature, names: readonly string[]): string[] {
  const known = new Set([...inputs.map(({ name }) => name), target.name]);
  const others = names.filter((name) => !known.has(name) && name.length <= MAX_NAME_LENGTH);
  const missing = inputs.filter(({ name }) => positionOf(name, names) < 0);
  return missing.map(({ name }) => {
    const near = suggest(name, others.slice(0, MAX_CANDIDATES));
    return `column "${name}" is missing${near === undefined ? "" : `; did you rename it to "${near}"?`}`;
  });
}

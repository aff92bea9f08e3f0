/** Converts a table to the columns and kinds that a model was trained on, or reports all mismatches. */
import { categoryColumn } from "../../core/table/categoryColumn.ts";
import { cellText } from "../../core/table/cellText.ts";
import { MlctlError } from "../../core/errors.ts";
import { findColumn } from "../../core/table/findColumn.ts";
import type { CellParser } from "../../core/text/valueFormat.ts";
import type { ColumnSpec, Signature } from "../../core/table/signature.ts";
import type { CategoryColumn, Column, Table } from "../../core/table/table.ts";
import { cellParserOf } from "./cellParserOf.ts";
import { missingColumns } from "./missingColumns.ts";
import { otherSpelling } from "./otherSpelling.ts";

/**
 * The model's input columns, in its order and with its kinds; other columns are dropped. Strings in a number column are
 * parsed, numbers in a category column become strings.
 * @param placeOf names a row in an error, e.g. by its line if the caller knows it
 * @throws {MlctlError} kind "data" naming every column that is missing or of another kind
 */
export function conformTable(table: Table, signature: Signature, placeOf: PlaceOf = dataRow): Table {
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
    throw new MlctlError("data", "the data does not fit the model", {
      details: problems,
      hint: "provide the columns listed by `mlctl models show`, or train again on this kind of data",
    });
  }
  return { rowCount: table.rowCount, columns };
}

type PlaceOf = (row: number) => string;

function dataRow(row: number): string {
  return `data row ${row + 1}`;
}

function conformColumn(
  column: Column,
  spec: ColumnSpec,
  { table, placeOf, signature }: { readonly table: Table; readonly placeOf: PlaceOf; readonly signature: Signature },
): Column | string {
  if (spec.kind === "category") return spelled(column.kind === "category" ? column : toCategories(column, table), spec);
  if (column.kind === spec.kind) return column;
  if (column.kind !== "category")
    return `column "${spec.name}" contains ${column.kind}s, but the model was trained on ${spec.kind}s`;
  const kind = spec.kind === "date" ? "date" : "number";
  return toValues(column, { name: spec.name, kind, parse: cellParserOf(signature, spec.name, kind) }, placeOf);
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

function toCategories(column: Column, { rowCount }: Table): CategoryColumn {
  const texts = Array.from({ length: rowCount }, (_, row) => cellText(column, row));
  return categoryColumn(column.name, texts);
}

interface Values {
  readonly name: string;
  readonly kind: "number" | "date";
  readonly parse: CellParser;
}

function toValues(column: CategoryColumn, { name, kind, parse }: Values, placeOf: PlaceOf): Column | string {
  const parsed = column.categories.map(parse);
  const values = new Float64Array(column.codes.length);
  for (let row = 0; row < values.length; row++) {
    const code = column.codes[row]!;
    const value = code < 0 ? NaN : parsed[code];
    if (value === undefined) {
      return `column "${name}" contains ${JSON.stringify(column.categories[code])} in ${placeOf(row)}, but the model was trained on ${kind}s`;
    }
    values[row] = value;
  }
  return { kind, name, values };
}

/** From rows by column name to cells in the model's order, with what is missing, unknown or given twice; before, `ingest.select`. */
import type { Config } from "../../config/schema/schema.ts";
import type { Json } from "../../core/json.ts";
import { suggest } from "../../core/text/suggest.ts";
import type { RowFinding, CheckRows } from "../../lifecycle/predict/checkRows.ts";
import type { RowBatch, RowSelector } from "../../lifecycle/predict/inputStream.ts";
import type { ServedModel } from "../../lifecycle/predict/servedModel.ts";
import type { RequestRow } from "./requestRows.ts";

export interface RowCells {
  readonly cells: readonly (readonly unknown[])[];
  readonly errors: readonly RowFinding[];
  readonly warnings: readonly RowFinding[];
}

/** What the names of columns mean to the model. */
export interface Header {
  readonly names: readonly string[];
  /** Of each column of the model, and each that names a row: its position among the names; −1 where it is not. */
  readonly positions: readonly number[];
  readonly errors: readonly Omit<RowFinding, "row">[];
  readonly warnings: readonly Omit<RowFinding, "row">[];
}

/** Maximum number of suggestions in one response: comparing names takes time. */
const MOST_SUGGESTIONS = 50;
const LONGEST_NAME = 100;
const TWICE = "the column is given twice, under two names";

/** @returns a function from rows to cells in the model's order */
export function rowCells(served: ServedModel, config: Config): (rows: readonly RequestRow[]) => RowCells {
  const headerOf = headerReader(served, config);
  return (rows) => {
    let header = headerOf([], 0);
    const errors: RowFinding[] = [];
    const warnings: RowFinding[] = [];
    const cells = rows.map((given, row) => {
      const names = Object.keys(given);
      // Mostly the same as in the row before.
      if (!areSame(names, header.names)) header = headerOf(names, errors.length + warnings.length);
      for (const each of header.errors) errors.push({ row, ...each });
      for (const each of header.warnings) warnings.push({ row, ...each });
      return header.positions.map((at) => (at < 0 ? undefined : given[names[at]!]));
    });
    return { cells, errors, warnings };
  };
}

function areSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

/** @returns a function from the names of columns; `before`: the number of findings in the same response */
export function headerReader(served: ServedModel, config: Config) {
  const { inputs, columnName } = served;
  const { missing, extra } = config.serve.validation;
  const known = namePositions(served, config);
  return (names: readonly string[], before: number): Header => {
    const positions = Array.from({ length: inputs.length + served.names.length }, () => -1);
    const errors: Header["errors"][number][] = [];
    const warnings: Header["errors"][number][] = [];
    for (const [at, name] of names.entries()) {
      const position = known.get(name) ?? known.get(columnName(name));
      if (position === undefined) {
        if (extra === "ignore") continue;
        const finding = extraColumn(name, inputs, before + errors.length + warnings.length < MOST_SUGGESTIONS);
        (extra === "error" ? errors : warnings).push(finding);
      } else if (position >= 0) {
        if (positions[position]! >= 0) errors.push({ column: inputs[position] ?? name, check: "row", message: TWICE });
        positions[position] = at;
      }
    }
    if (inputs.some((_, position) => positions[position]! < 0)) {
      const strangers = before < MOST_SUGGESTIONS ? strangersIn(names, inputs) : [];
      const lacking = missingColumns(positions, strangers, served);
      (missing === "error" ? errors : warnings).push(...lacking);
    }
    return { names, positions, errors, warnings };
  };
}

/** By every name that a caller may use: inputs, then columns that identify a row; −1 for known columns that are not needed. */
function namePositions({ inputs, names, model, columnName }: ServedModel, config: Config): ReadonlyMap<string, number> {
  const { drop_columns, serve } = config;
  const known = [...drop_columns, model.signature.target.name, ...serve.echo];
  const positions = new Map(known.map((name) => [name, -1]));
  names.forEach((name, i) => positions.set(name, inputs.length + i));
  // Models of earlier versions may have decomposed names.
  inputs.forEach((name, position) => positions.set(name, position).set(columnName(name), position));
  for (const [alias, name] of Object.entries(serve.request_aliases)) {
    positions.set(columnName(alias), positions.get(name) ?? -1);
    positions.set(alias, positions.get(name) ?? -1);
  }
  return positions;
}

function extraColumn(name: string, inputs: readonly string[], suggests: boolean): Omit<RowFinding, "row"> {
  const near = suggests && name.length <= LONGEST_NAME ? suggest(name, inputs) : undefined;
  const meant = near === undefined ? "" : `; did you mean "${near}"?`;
  const message = `the model has no such column${meant}`;
  const column = name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME)}…`;
  return { column, check: "extra", message, ...(near !== undefined && { suggestion: near }) };
}

function missingColumns(
  positions: readonly number[],
  strangers: readonly string[],
  { inputs, computed }: ServedModel,
): Omit<RowFinding, "row">[] {
  const lacking = inputs.filter((_, position) => positions[position]! < 0);
  return lacking.map((column) => {
    const near = suggest(column, strangers);
    const meant = near === undefined ? "" : ` (you sent "${near}")`;
    const made = Object.hasOwn(computed, column) ? `; ingest.select computes it: ${computed[column]}` : "";
    const message = `the column is missing${made}${meant}`;
    return { column, check: "missing", message, ...(near !== undefined && { suggestion: near }) };
  });
}

function strangersIn(names: readonly string[], inputs: readonly string[]): string[] {
  return names.filter((name) => name.length <= LONGEST_NAME && !inputs.includes(name)).slice(0, MOST_SUGGESTIONS);
}

/** The check of the model, after that of every value's size. @param mostBytes of a string in UTF-8 */
export function limitCells({ inputs, names, check }: ServedModel, mostBytes: number): CheckRows {
  const columns = [...inputs, ...names];
  const problemOf = (cell: unknown, position: number): string | undefined => {
    if (typeof cell === "string") {
      // No character has more than three bytes for each of its units.
      if (cell.length * 3 <= mostBytes || Buffer.byteLength(cell) <= mostBytes) return undefined;
      return `the value is larger than ${mostBytes} bytes (serve.limits.cell_bytes)`;
    }
    // The model's own check refuses lists and objects in its inputs.
    if (position < inputs.length || typeof cell !== "object" || cell === null) return undefined;
    return "a list or an object is not a value";
  };
  return (rows) => {
    let found: RowFinding[] | undefined;
    for (let row = 0; row < rows.length; row++) {
      const cells = rows[row]!;
      for (let position = 0; position < cells.length; position++) {
        const message = problemOf(cells[position], position);
        if (message !== undefined) (found ??= []).push({ row, column: columns[position]!, check: "type", message });
      }
    }
    const checked = check(rows);
    return found === undefined ? checked : { ...checked, errors: [...found, ...checked.errors] };
  };
}

type SelectedModel = Pick<ServedModel, "inputs" | "names" | "computed" | "columnName">;
type SelectedConfig = { readonly serve: Pick<Config["serve"], "request_aliases"> };
type Inputs = NonNullable<RowBatch["inputs"]>;

/** Rows by column with the computed columns in place of those that only the expressions read; errors of failed expressions. */
export async function selectRequest(
  given: readonly RequestRow[],
  selector: RowSelector,
  { served, config }: { served: SelectedModel; config: SelectedConfig },
) {
  const nameOf = columnNaming(served, config);
  const positions = new Map<string, number>();
  for (const row of given)
    for (const key of Object.keys(row)) if (!positions.has(nameOf(key))) positions.set(nameOf(key), positions.size);
  const rows = given.map((row, line) => {
    const values = Array.from({ length: positions.size }, (): Json => null);
    for (const key of Object.keys(row)) {
      const column = nameOf(key);
      if (isReadable(row[key], column, served)) values[positions.get(column)!] = row[key] as Json;
    }
    return { line, values };
  });
  const batch = await selector.apply({ columns: [...positions.keys()], rows });
  const { inputs } = batch;
  if (inputs === undefined) return { rows: given, errors: [] };
  const raw = rawColumns(inputs, served);
  return {
    rows: given.map((row, i) => selectedRow(row, { inputs, cells: inputs.cells[i]!, raw, nameOf, served })),
    errors: (inputs.failures ?? []).map(({ row, column, problem: message }): RowFinding => ({
      row,
      column,
      check: "type",
      message,
    })),
  };
}

/** The name that `ingest.select` knows of a column that has this name in the request. */
export function columnNaming({ columnName }: SelectedModel, { serve }: SelectedConfig): (given: string) => string {
  const aliases = new Map(Object.entries(serve.request_aliases));
  return (given) => aliases.get(given) ?? columnName(given);
}

/** Columns that expressions read and that the model does not take. */
export function rawColumns({ computed = new Map() }: Inputs, { inputs, names }: SelectedModel): ReadonlySet<string> {
  const taken = new Set([...inputs, ...names]);
  return new Set([...computed.values()].flat().filter((name) => !taken.has(name)));
}

interface Selected {
  readonly inputs: Inputs;
  readonly cells: readonly Json[];
  readonly raw: ReadonlySet<string>;
  readonly nameOf: (given: string) => string;
  readonly served: SelectedModel;
}

function selectedRow(row: RequestRow, { inputs, cells, raw, nameOf, served }: Selected): RequestRow {
  const cellOf = (name: string): Json => cells[inputs.columns.indexOf(name)]!;
  const given = new Set(
    Object.keys(row).flatMap((key) => (isReadable(row[key], nameOf(key), served) ? [nameOf(key)] : [])),
  );
  // A row that lacks columns of an expression lacks its result too, as it would on its own; it is not null.
  const computed = [...(inputs.computed ?? [])].filter(
    ([name, reads]) => cellOf(name) !== null || reads.every((read) => given.has(read)),
  );
  const names = new Set(computed.map(([name]) => name));
  const kept = Object.keys(row).filter((key) => !names.has(nameOf(key)) && !raw.has(nameOf(key)));
  const selected = Object.create(null) as Record<string, unknown>;
  for (const key of kept) selected[key] = row[key];
  for (const name of names) selected[name] = cellOf(name);
  return selected;
}

/** Whether expressions get the value: the check of the row refuses a nested one in place of their result. */
function isReadable(value: unknown, column: string, { computed }: SelectedModel): boolean {
  return value === null || typeof value !== "object" || !Object.hasOwn(computed, column);
}

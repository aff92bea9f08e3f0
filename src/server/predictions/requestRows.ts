/** From the body of a request to its rows, in any of the usual shapes. */
import { isObject } from "../../core/json.ts";
import { HttpProblem } from "../http/problem.ts";

/** A row by column. Keys are only ever looked up and listed, so that "__proto__" is a name like any other. */
export type RequestRow = Readonly<Record<string, unknown>>;

export interface RequestRows {
  readonly rows: readonly RequestRow[];
  /** One object came, so one goes back. */
  readonly single: boolean;
}

export interface RowsOptions {
  /** Names of the model's columns: where one is called "data", that key is no wrapper. */
  readonly inputs: ReadonlySet<string>;
  readonly mostRows: number;
}

const SHAPES = 'one object, a list of objects, or { "data": […] }';
const WRAPPERS = ["dataframe_split", "dataframe_records", "instances", "inputs", "data"];

/** @throws {HttpProblem} 400 if the body contains no rows, 413 if it contains too many */
export function requestRows(body: unknown, options: RowsOptions): RequestRows {
  if (Array.isArray(body)) return listedRows(body, options);
  if (!isObject(body)) throw invalid("the body contains no rows", `send ${SHAPES}`);
  const wrapper = WRAPPERS.find((name) => Object.hasOwn(body, name) && !options.inputs.has(name));
  if (wrapper !== undefined) {
    const { columns, data } = body;
    const isSplit = wrapper === "data" && Array.isArray(columns) && Array.isArray(data) && Array.isArray(data[0]);
    const { rows, single } = wrappedRows(isSplit ? body : body[wrapper], wrapper, options);
    return { rows: wrapper === "data" ? withoutIndex(rows, body["schema"], options) : rows, single };
  }
  const [[name, content] = [], ...others] = Object.entries(body);
  if (others.length === 0 && Array.isArray(content) && !options.inputs.has(name!)) {
    const detail = `the body has only a list called "${name!.slice(0, 80)}": it must be a row or a list of rows`;
    throw invalid(detail, `send ${SHAPES}`);
  }
  return { rows: [body], single: true };
}

function wrappedRows(content: unknown, wrapper: string, options: RowsOptions): RequestRows {
  if (Array.isArray(content)) return listedRows(content, options);
  if (!isObject(content)) throw invalid(`"${wrapper}" contains no rows`, `"${wrapper}" takes a list of objects`);
  const { columns, data } = content;
  if (wrapper === "dataframe_split" || (Array.isArray(columns) && Array.isArray(data)))
    return splitRows(columns, data, options);
  const entries = Object.entries(content);
  if (entries.length > 0 && entries.every(([, values]) => Array.isArray(values)))
    return columnRows(entries as [string, unknown[]][], wrapper, options);
  return { rows: [content], single: true };
}

/** pandas' to_json(orient="table") has the rows in "data" and says in "schema" which column is only the index. */
function withoutIndex(rows: readonly RequestRow[], schema: unknown, { inputs }: RowsOptions): readonly RequestRow[] {
  const keys = isObject(schema) ? schema["primaryKey"] : undefined;
  if (!Array.isArray(keys)) return rows;
  const isIndex = (name: string): boolean => keys.includes(name) && !inputs.has(name);
  return rows.map((row) => record(Object.entries(row).filter(([name]) => !isIndex(name))));
}

/** { "columns": […], "data": [[…], …] }; an "index" is no column. */
function splitRows(columns: unknown, data: unknown, options: RowsOptions): RequestRows {
  if (!Array.isArray(columns) || !Array.isArray(data) || columns.some((name) => typeof name !== "string")) {
    const detail = '"dataframe_split" is not { "columns": [names], "data": [[values], …] }';
    throw invalid(detail, "pandas writes it with to_dict(orient='split')");
  }
  limitRows(data.length, options);
  const rows = data.map((values: unknown, row) => {
    if (Array.isArray(values) && values.length === columns.length) return named(columns, values);
    throw invalid(`row ${row} does not have one value for each of the ${columns.length} columns`);
  });
  return { rows, single: false };
}

/** { "a": [1, 2], "b": [3, 4] } */
function columnRows(columns: readonly [string, unknown[]][], wrapper: string, options: RowsOptions): RequestRows {
  const [name, { length }] = columns[0]!;
  const odd = columns.find(([, values]) => values.length !== length);
  if (odd !== undefined) {
    const lengths = `"${name}" has ${length} values, "${odd[0]}" has ${odd[1].length}`;
    throw invalid(`the columns of "${wrapper}" differ in length: ${lengths}`);
  }
  limitRows(length, options);
  const rows = Array.from({ length }, (_, row) => record(columns.map(([each, values]) => [each, values[row]])));
  return { rows, single: false };
}

function listedRows(content: readonly unknown[], options: RowsOptions): RequestRows {
  limitRows(content.length, options);
  const names = [...options.inputs];
  // A list of values is a row without names: it is taken by position where it has one value a column.
  const rows = content.map((row) => (Array.isArray(row) && row.length === names.length ? named(names, row) : row));
  const odd = rows.findIndex((row) => !isObject(row));
  if (odd < 0) return { rows: rows as RequestRow[], single: false };
  const columns = names.length === 0 ? "" : ` with the columns ${names.slice(0, 5).join(", ")}`;
  throw invalid(`row ${odd} is not an object`, `each row is an object${columns}${names.length > 5 ? ", …" : ""}`);
}

function limitRows(count: number, { mostRows }: RowsOptions): void {
  if (count <= mostRows) return;
  throw new HttpProblem("too-large", `${count} rows, the maximum is ${mostRows} a request`, {
    hint: "send fewer, or stream them as text/csv or application/x-ndjson, which has no such limit",
  });
}

function invalid(detail: string, hint?: string): HttpProblem {
  return new HttpProblem("bad-request", detail, { hint });
}

function named(names: readonly string[], values: readonly unknown[]): RequestRow {
  return record(names.map((name, i) => [name, values[i]]));
}

/** Without a prototype, so that no name means anything. */
function record(entries: readonly (readonly [string, unknown])[]): RequestRow {
  const row = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of entries) row[name] = value;
  return row;
}

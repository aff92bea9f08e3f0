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

/** @throws {HttpProblem} 400 if the body contains no rows, 413 if it contains too many */
export function requestRows(body: unknown, options: RowsOptions): RequestRows {
  if (Array.isArray(body)) return batch(body, options);
  if (!isObject(body)) throw new HttpProblem("bad-request", "the body contains no rows", { hint: `send ${SHAPES}` });
  for (const [wrapper, open] of wrappers) {
    if (Object.hasOwn(body, wrapper) && !options.inputs.has(wrapper)) return open(body, wrapper, options);
  }
  const [[name, content] = [], ...others] = Object.entries(body);
  if (others.length === 0 && Array.isArray(content) && !options.inputs.has(name!)) {
    const detail = `the body has only a list called "${name!.slice(0, 80)}": it must be a row or a list of rows`;
    throw new HttpProblem("bad-request", detail, { hint: `send ${SHAPES}` });
  }
  return { rows: [body], single: true };
}

type Open = (body: RequestRow, wrapper: string, options: RowsOptions) => RequestRows;

const wrappers: readonly (readonly [string, Open])[] = [
  ["dataframe_split", (body, wrapper, options) => splitRows(body[wrapper], options)],
  ["dataframe_records", wrapped],
  ["instances", wrapped],
  ["inputs", wrapped],
  ["data", tableOrWrapped],
];

function wrapped(body: RequestRow, wrapper: string, options: RowsOptions): RequestRows {
  const content = body[wrapper];
  if (Array.isArray(content)) return batch(content, options);
  if (!isObject(content)) {
    const hint = `"${wrapper}" takes a list of objects`;
    throw new HttpProblem("bad-request", `"${wrapper}" contains no rows`, { hint });
  }
  const columns = Object.entries(content);
  if (columns.length > 0 && columns.every(([, values]) => Array.isArray(values))) {
    return columnRows(columns as [string, unknown[]][], wrapper, options);
  }
  return { rows: [content], single: true };
}

/** pandas' to_json(orient="table") has the rows in "data" and says in "schema" which column is only the index. */
function tableOrWrapped(body: RequestRow, wrapper: string, options: RowsOptions): RequestRows {
  const read = wrapped(body, wrapper, options);
  const { schema } = body;
  const keys = isObject(schema) && Array.isArray(schema["primaryKey"]) ? (schema["primaryKey"] as unknown[]) : [];
  const dropped = keys.filter((key): key is string => typeof key === "string" && !options.inputs.has(key));
  if (dropped.length === 0) return read;
  return { ...read, rows: read.rows.map((row) => (isObject(row) ? without(row, dropped) : row)) };
}

function without(row: RequestRow, names: readonly string[]): RequestRow {
  return record(Object.entries(row).filter(([name]) => !names.includes(name)));
}

/** { "columns": […], "data": [[…], …] }; an "index" is no column. */
function splitRows(content: unknown, options: RowsOptions): RequestRows {
  const { columns, data } = isObject(content) ? content : {};
  if (!Array.isArray(columns) || !Array.isArray(data) || columns.some((name) => typeof name !== "string")) {
    throw new HttpProblem("bad-request", '"dataframe_split" is not { "columns": [names], "data": [[values], …] }', {
      hint: "pandas writes it with to_dict(orient='split')",
    });
  }
  limitRows(data.length, options);
  const rows = data.map((values: unknown, row) => {
    if (!Array.isArray(values) || values.length !== columns.length) {
      const detail = `row ${row} does not have one value for each of the ${columns.length} columns`;
      throw new HttpProblem("bad-request", detail);
    }
    return record(columns.map((name, i) => [name as string, values[i] as unknown]));
  });
  return { rows, single: false };
}

/** { "a": [1, 2], "b": [3, 4] } */
function columnRows(columns: readonly [string, unknown[]][], wrapper: string, options: RowsOptions): RequestRows {
  const length = columns[0]![1].length;
  const odd = columns.find(([, values]) => values.length !== length);
  if (odd !== undefined) {
    const lengths = `"${columns[0]![0]}" has ${length} values, "${odd[0]}" has ${odd[1].length}`;
    throw new HttpProblem("bad-request", `the columns of "${wrapper}" differ in length: ${lengths}`);
  }
  limitRows(length, options);
  const rows = Array.from({ length }, (_, row) => record(columns.map(([name, values]) => [name, values[row]])));
  return { rows, single: false };
}

function batch(content: readonly unknown[], { inputs, mostRows }: RowsOptions): RequestRows {
  limitRows(content.length, { inputs, mostRows });
  // A list of values is a row without names: it is taken by position where it has one value a column.
  const rows = content.map((row) =>
    Array.isArray(row) && row.length === inputs.size ? record([...inputs].map((name, i) => [name, row[i]])) : row,
  );
  const odd = rows.findIndex((row) => !isObject(row));
  if (odd < 0) return { rows: rows as RequestRow[], single: false };
  const columns = inputs.size === 0 ? "" : ` with the columns ${[...inputs].slice(0, 5).join(", ")}`;
  const hint = `each row is an object${columns}${inputs.size > 5 ? ", …" : ""}`;
  throw new HttpProblem("bad-request", `row ${odd} is not an object`, { hint });
}

function limitRows(count: number, { mostRows }: RowsOptions): void {
  if (count <= mostRows) return;
  throw new HttpProblem("too-large", `${count} rows, the maximum is ${mostRows} a request`, {
    hint: "send fewer, or stream them as text/csv or application/x-ndjson, which has no such limit",
  });
}

/** Without a prototype, so that no name means anything. */
function record(entries: readonly (readonly [string, unknown])[]): RequestRow {
  const row = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of entries) row[name] = value;
  return row;
}

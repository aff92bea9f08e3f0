/** Streams the result of a query into a table. */
import type { Column, Table } from "../../core/table/table.ts";
import { kindOf, storedExpression } from "./columnTypes.ts";
import type { Chunk, Database } from "./duckdb.ts";
import { identifier } from "./sql.ts";

const CHUNK_ROWS = 2048;

export async function tableFromStored(database: Database, table: string): Promise<Table> {
  const rowCount = Number((await database.rows(`SELECT count(*) FROM ${identifier(table)}`))[0]![0]);
  return tableFromQuery(database, `SELECT * FROM ${identifier(table)}`, rowCount);
}

/** Needs memory for the table plus one chunk of 2,048 rows. @param expected number of rows, if it is known */
export async function tableFromQuery(database: Database, query: string, expected = CHUNK_ROWS): Promise<Table> {
  const columns = await database.describe(query);
  const builders = columns.map(({ name, type }) =>
    kindOf(type) === "category" ? categories(name) : numbers(name, type, expected),
  );
  const expressions = columns.map(({ name, type }) => readable(name, type));
  await database.stream(`SELECT ${expressions.join(", ")} FROM (${query})`, (chunk) => {
    for (const [column, builder] of builders.entries()) builder.add(chunk, column);
  });
  const built = builders.map((builder) => builder.build());
  const first = built[0];
  const rowCount = first === undefined ? 0 : first.kind === "category" ? first.codes.length : first.values.length;
  return { rowCount, columns: built };
}

/** SQL for a column as `Chunk` reads it: numbers and epoch milliseconds as DOUBLE (NaN for NULL), all else as VARCHAR. */
function readable(name: string, type: string): string {
  const kind = kindOf(type);
  if (kind === "category") return storedExpression(name, type);
  const value = kind === "number" ? identifier(name) : `epoch_us(CAST(${identifier(name)} AS TIMESTAMP)) / 1000.0`;
  return `coalesce(CAST(${value} AS DOUBLE), 'NaN'::DOUBLE)`;
}

interface ColumnBuilder {
  add(chunk: Chunk, column: number): void;
  build(): Column;
}

function numbers(name: string, type: string, expected: number): ColumnBuilder {
  const kind = kindOf(type) === "date" ? "date" : "number";
  let values = new Float64Array(expected);
  let length = 0;
  return {
    add(chunk, column) {
      if (length + chunk.rowCount > values.length)
        values = grown(values, new Float64Array(2 * (length + chunk.rowCount)));
      values.set(chunk.numbers(column).subarray(0, chunk.rowCount), length);
      length += chunk.rowCount;
    },
    build: () => ({ kind, name, values: length === values.length ? values : values.slice(0, length) }),
  };
}

/** Codes are numbered by first appearance. */
function categories(name: string): ColumnBuilder {
  const codeOf = new Map<string, number>();
  let codes = new Int32Array(CHUNK_ROWS);
  let length = 0;
  return {
    add(chunk, column) {
      if (length + chunk.rowCount > codes.length) codes = grown(codes, new Int32Array(2 * (length + chunk.rowCount)));
      for (const value of chunk.strings(column)) {
        let code = value === null ? -1 : codeOf.get(value);
        if (code === undefined) codeOf.set(value!, (code = codeOf.size));
        codes[length++] = code;
      }
    },
    build: () => ({ kind: "category", name, codes: codes.slice(0, length), categories: [...codeOf.keys()] }),
  };
}

function grown<T extends Float64Array | Int32Array>(values: T, larger: T): T {
  larger.set(values);
  return larger;
}

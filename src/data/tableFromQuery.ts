/** Streams the answer of a query into columns of a table. */
import type { Column, Table } from "../core/table.ts";
import { kindOf, storedExpression } from "./columnTypes.ts";
import type { Chunk, Database } from "./duckdb.ts";
import { identifier } from "./sql.ts";

/** Memory is the table's own plus one chunk of 2,048 rows. */
export async function tableFromQuery(database: Database, query: string): Promise<Table> {
  const columns = await database.describe(query);
  const builders = columns.map(({ name, type }) =>
    kindOf(type) === "category" ? categories(name) : numbers(name, type),
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

/** Numbers and epoch milliseconds as DOUBLE without NULL, all else as text. */
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

function numbers(name: string, type: string): ColumnBuilder {
  const kind = kindOf(type) === "date" ? "date" : "number";
  let values = new Float64Array(2048);
  let length = 0;
  return {
    add(chunk, column) {
      if (length + chunk.rowCount > values.length) values = grown(values, length + chunk.rowCount);
      values.set(chunk.numbers(column).subarray(0, chunk.rowCount), length);
      length += chunk.rowCount;
    },
    build: () => ({ kind, name, values: values.slice(0, length) }),
  };
}

/** Codes count up in order of first appearance. */
function categories(name: string): ColumnBuilder {
  const codeOf = new Map<string, number>();
  let codes = new Int32Array(2048);
  let length = 0;
  return {
    add(chunk, column) {
      if (length + chunk.rowCount > codes.length) {
        const larger = new Int32Array(2 * (length + chunk.rowCount));
        larger.set(codes.subarray(0, length));
        codes = larger;
      }
      for (const text of chunk.texts(column)) {
        let code = text === null ? -1 : codeOf.get(text);
        if (code === undefined) codeOf.set(text!, (code = codeOf.size));
        codes[length++] = code;
      }
    },
    build: () => ({ kind: "category", name, codes: codes.slice(0, length), categories: [...codeOf.keys()] }),
  };
}

function grown(values: Float64Array<ArrayBuffer>, needed: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * needed);
  larger.set(values);
  return larger;
}

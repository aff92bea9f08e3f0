/** Streams the result of a query into a table. */
import type { DatasetColumn } from "../../core/records/dataset.ts";
import type { Column, Table } from "../../core/table/table.ts";
import { kindOf, storedExpression } from "./columnTypes.ts";
import type { Chunk, Database } from "./duckdb.ts";
import { identifier, literalList } from "./sql.ts";

const CHUNK_ROWS = 2048;

export async function tableFromStored(database: Database, table: string): Promise<Table> {
  const query = `SELECT * FROM ${identifier(table)}`;
  const columns = await database.describe(query);
  const rowCount = Number((await database.rows(`SELECT count(*) FROM ${identifier(table)}`))[0]![0]);
  const dictionaries = await columnDictionaries(database, { table, rowCount, columns });
  return tableFromQuery(database, query, { rowCount, dictionaries });
}

interface QueryOptions {
  readonly rowCount?: number | undefined;
  /** By column name, for text columns with few distinct values. */
  readonly dictionaries?: ReadonlyMap<string, ColumnDictionary>;
}

/** Needs memory for the table plus one chunk of 2,048 rows. */
export async function tableFromQuery(
  database: Database,
  query: string,
  { rowCount: expected = CHUNK_ROWS, dictionaries = new Map() }: QueryOptions = {},
): Promise<Table> {
  const columns = await database.describe(query);
  const builders = columns.map(({ name, type }) => {
    const dictionary = dictionaries.get(name);
    if (dictionary !== undefined) return dictionaryCategories(name, dictionary.values, expected);
    return kindOf(type) === "category" ? categories(name) : numbers(name, type, expected);
  });
  const expressions = columns.map(({ name, type }) => dictionaries.get(name)?.code ?? readable(name, type));
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

/** The same from positions in `dictionary`, renumbered by first appearance. */
function dictionaryCategories(name: string, dictionary: readonly string[], expected: number): ColumnBuilder {
  const codeOf = new Int32Array(dictionary.length).fill(-1);
  const seen: string[] = [];
  const positions = numbers(name, "DOUBLE", expected);
  return {
    add: positions.add,
    build() {
      const column = positions.build();
      if (column.kind !== "number") throw new TypeError("positions are numbers");
      const codes = new Int32Array(column.values.length).fill(-1);
      for (let row = 0; row < codes.length; row++) {
        const position = column.values[row]!;
        if (position < 0) continue;
        if (codeOf[position]! < 0) codeOf[position] = seen.push(dictionary[position]!) - 1;
        codes[row] = codeOf[position]!;
      }
      return { kind: "category", name, codes, categories: seen };
    },
  };
}

function grown<T extends Float64Array | Int32Array>(values: T, larger: T): T {
  larger.set(values);
  return larger;
}

/** With fewer rows the extra queries cost more than they save. */
const MIN_ROWS = 50_000;

/** A column with more distinct values is read value by value. */
const MAX_VALUES = 500;

/** The distinct values of a column, and SQL for the position of each row's value in them: a DOUBLE, −1 if missing. */
export interface ColumnDictionary {
  readonly values: readonly string[];
  readonly code: string;
}

/** Dictionaries by column name. @param table scanned three times, so it must be a table in memory, not a file */
export async function columnDictionaries(
  database: Database,
  source: { readonly table: string; readonly rowCount: number; readonly columns: readonly DatasetColumn[] },
): Promise<ReadonlyMap<string, ColumnDictionary>> {
  const { table, rowCount, columns } = source;
  const found = new Map<string, ColumnDictionary>();
  const candidates = columns.filter(({ type }) => type === "VARCHAR" && kindOf(type) === "category");
  if (candidates.length === 0 || rowCount < MIN_ROWS) return found;
  const distinct = candidates.map(({ name }) => `approx_count_distinct(${identifier(name)})`);
  const [counts] = await database.rows(`SELECT ${distinct.join(", ")} FROM ${identifier(table)}`);
  for (const [i, { name, type }] of candidates.entries()) {
    if (Number(counts![i]) > MAX_VALUES) continue;
    const value = storedExpression(name, type);
    const rows = await database.rows(`SELECT DISTINCT ${value} FROM ${identifier(table)} WHERE ${value} IS NOT NULL`);
    if (rows.length === 0) continue;
    const values = rows.map(([cell]) => String(cell));
    const enumType = identifier(`values of ${name}`);
    await database.run(`CREATE TYPE ${enumType} AS ENUM (${literalList(values).slice(1, -1)})`);
    found.set(name, { values, code: `coalesce(CAST(enum_code(CAST(${value} AS ${enumType})) AS DOUBLE), -1)` });
  }
  return found;
}

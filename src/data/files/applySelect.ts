/** Applies `select` and `where` of the configuration; creates the table `result`. */
import type { DatasetColumn } from "../../core/records/lineage.ts";
import { MlctlError } from "../../core/errors.ts";
import { listed } from "../../core/text/format.ts";
import { columnHint } from "../../core/text/suggest.ts";
import { keepDigits } from "../load/exactDigits.ts";
import { storedExpression } from "../duckdb/columnTypes.ts";
import { type Database, identifier, sqlError, TRY_CAST_HINT } from "../duckdb/duckdb.ts";
import type { LoadedColumn, ReadOptions } from "../readOptions.ts";
import { ALLOWED, refuseStatements } from "../duckdb/untrustedSql.ts";
import { unifyColumns, unionAll } from "../load/unifyColumns.ts";

const TEXT_HINT =
  "a column can be text in one file and numbers in another: to read it as text, write CAST(column AS VARCHAR)";

interface Selecting {
  readonly options: ReadOptions;
  readonly previous: readonly LoadedColumn[] | undefined;
  /** Names of the files whose rows are in `raw`; without any, there is no `raw`. */
  readonly files: readonly string[];
}

/**
 * The rows of `previous` have been selected and filtered already; they come first, unchanged.
 * @returns an example by column that became text because numbers would lose digits
 */
export async function applySelect(database: Database, selecting: Selecting): Promise<ReadonlyMap<string, string>> {
  const { options, previous, files } = selecting;
  if (files.length === 0) {
    if (previous !== undefined) await database.run("ALTER TABLE previous RENAME TO result");
    return new Map();
  }
  await refuseUnsafe(database, options);
  return computed(database, options, previous).catch((error: unknown) => {
    // A column may be text in one file and numbers in another.
    if (!(error instanceof MlctlError) || error.kind !== "usage") throw error;
    const { hint, cause } = error;
    throw new MlctlError("usage", `${error.message} (reading ${listed(files)})`, { hint, cause });
  });
}

async function computed(
  database: Database,
  given: ReadOptions,
  previous: Selecting["previous"],
): Promise<ReadonlyMap<string, string>> {
  const options = given.lenient === true ? await applicable(database, given) : given;
  const query = await selectedQuery(database, options);
  const columns = await database.describe(query);
  const stored = columns.map(({ name, type }) => `${storedExpression(name, type)} AS ${identifier(name)}`);
  const selected = `SELECT ${stored.join(", ")} FROM (${query})`;
  try {
    await database.run(`CREATE TABLE selected AS ${selected}`);
  } catch (error) {
    throw await failedExpression(database, options, error);
  }
  const digits = await keepDigits(database, "selected", options.types);
  if (previous === undefined) await database.run("ALTER TABLE selected RENAME TO result");
  else await appendToPrevious(database, previous);
  return digits;
}

/** Before anything binds the SQL, because functions can have effects by being bound. */
async function refuseUnsafe(database: Database, { select = {}, where = "" }: ReadOptions): Promise<void> {
  const expressions = Object.entries(select).map(([name, sql]): [string, string] => [`ingest.select.${name}`, sql]);
  if (where.trim() !== "") expressions.push(["ingest.where", where]);
  for (const [key, sql] of expressions) {
    await refuseStatements(database, sql).catch(async (error: unknown) => {
      const columns = await database.describe("SELECT * FROM raw");
      throw sqlError(key, error, hintOf(error, columns));
    });
  }
}

/** The options without the expressions that read a missing column. */
async function applicable(database: Database, options: ReadOptions): Promise<ReadOptions> {
  const lacks = async (query: string): Promise<boolean> =>
    database.describe(query).then(
      () => false,
      (error: unknown) => /not found in FROM clause|does not have a column/.test(String(error)),
    );
  const select: Record<string, string> = {};
  for (const [name, sql] of Object.entries(options.select ?? {}))
    if (!(await lacks(`SELECT (${sql}\n) FROM raw`))) select[name] = sql;
  const { where, ...rest } = { ...options, select };
  if (where === undefined || (await lacks(`SELECT * FROM (${await selectedQuery(database, rest)}) WHERE (${where}\n)`)))
    return rest;
  return { ...rest, where };
}

async function selectedQuery(database: Database, options: ReadOptions): Promise<string> {
  const raw = await database.describe("SELECT * FROM raw");
  const select = Object.entries(options.select ?? {});
  for (const [name, sql] of select) {
    await check(database, `ingest.select.${name}`, `SELECT (${sql}\n) FROM raw`, raw);
  }
  const replaced = new Map(select.map(([name, sql]) => [name.toLowerCase(), sql]));
  const names = new Set(raw.map((column) => column.name.toLowerCase()));
  const kept = raw.map(({ name }) => {
    const sql = replaced.get(name.toLowerCase());
    return sql === undefined ? `raw.${identifier(name)}` : `(${sql}\n) AS ${identifier(name)}`;
  });
  const added = select.filter(([name]) => !names.has(name.toLowerCase()));
  const items = [...kept, ...added.map(([name, sql]) => `(${sql}\n) AS ${identifier(name)}`)];
  const query = `SELECT ${items.join(", ")} FROM raw`;
  if (select.length > 0) await check(database, "ingest.select", query, raw);
  if (options.where === undefined || options.where.trim() === "") return query;
  const filtered = `SELECT * FROM (${query}) WHERE (${options.where}\n)`;
  await check(database, "ingest.where", filtered, await database.describe(query));
  return filtered;
}

/** Requires that the columns of the query exist. */
async function check(database: Database, key: string, query: string, columns: readonly DatasetColumn[]): Promise<void> {
  await database.describe(query).catch((error: unknown) => {
    throw sqlError(key, error, hintOf(error, columns));
  });
}

function hintOf(error: unknown, columns: readonly DatasetColumn[]): string {
  const message = String(error);
  if (/file system operations are disabled|is not allowed$/.test(message)) return ALLOWED;
  if (/No function matches|Could not choose a best candidate/.test(message)) return TEXT_HINT;
  const names = columns.map(({ name }) => name);
  return columnHint(/Referenced column "([^"]*)" not found/.exec(message)?.[1], names);
}

/** All expressions bind, so a value caused the error. Names the first expression that fails on its own. */
async function failedExpression(database: Database, options: ReadOptions, error: unknown): Promise<MlctlError> {
  for (const [name, sql] of error instanceof MlctlError ? [] : Object.entries(options.select ?? {})) {
    try {
      await database.run(`SELECT count(value) FROM (SELECT (${sql}\n) AS value FROM raw)`);
    } catch (cause) {
      return sqlError(`ingest.select.${name}`, cause, TRY_CAST_HINT);
    }
  }
  return sqlError(options.where === undefined ? "ingest.select" : "ingest.where", error, TRY_CAST_HINT);
}

async function appendToPrevious(database: Database, previous: readonly LoadedColumn[]): Promise<void> {
  const selected = await database.describe("SELECT * FROM selected");
  const tables = [
    { path: "previous", table: "previous", columns: previous },
    { path: "selected", table: "selected", columns: selected.map((column) => ({ ...column, empty: false })) },
  ];
  const every = new Set(tables.flatMap(({ columns }) => columns.map(({ name }) => name)));
  const union = unionAll(tables, unifyColumns(tables, every).columns, (value, type) => `CAST(${value} AS ${type})`);
  await database.run(`CREATE TABLE result AS ${union}; DROP TABLE previous; DROP TABLE selected`);
}

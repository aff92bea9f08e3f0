/** The only module that opens DuckDB: in memory, spilling to its own folder, without network access. With names, strings and errors of SQL. */
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection, DuckDBDataChunk } from "@duckdb/node-api";
import type { DatasetColumn } from "../../core/records/lineage.ts";
import { memoryLimit, outOfMemory } from "../../core/memoryLimit.ts";
import { nativeCall, type NativeCallOptions, openNative } from "../../core/nativeCalls.ts";
import { messageOf, MlctlError } from "../../core/errors.ts";

/** A value of a small result; integers beyond 2^53 lose precision. */
export type Cell = string | number | boolean | null;

export interface Chunk {
  readonly rowCount: number;
  /** Values of a DOUBLE column without missing values; a view that is valid until the next chunk. */
  numbers(column: number): Float64Array;
  strings(column: number): readonly (string | null)[];
}

export interface Database {
  /** For temporary files: created by the first caller that writes one, removed with the database. */
  readonly folder: string;
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<readonly (readonly Cell[])[]>;
  describe(sql: string): Promise<readonly DatasetColumn[]>;
  /** Number of statements in `sql`; throws if it does not parse. */
  statementCount(sql: string): Promise<number>;
  stream(sql: string, onChunk: (chunk: Chunk) => void): Promise<void>;
}

export interface DatabaseOptions {
  /**
   * For temporary files; DuckDB creates it only when it has to spill, so a killed process that read small files leaves
   * nothing behind.
   */
  readonly folder?: string;
  /** Of the statement that starts, see `nativeCall`. */
  readonly limits?: () => Pick<NativeCallOptions, "patienceMs" | "deadline" | "late">;
}

/** DuckDB's share of `limits.memory`: its count leaves out texts under construction and what Node.js holds. */
const MEMORY_SHARE = 0.75;

/**
 * Opens a database, passes it to `work` and removes all its files. One statement runs at a time.
 * @throws {MlctlError} kind "failure" if memory runs out; the reason of a signal
 */
export async function withDatabase<T>(
  work: (database: Database) => Promise<T>,
  { folder = join(tmpdir(), `mlctl-${randomUUID()}`), limits = () => ({}) }: DatabaseOptions = {},
): Promise<T> {
  // Imported here because the import takes 0.18 s, which commands that read no files should not pay.
  const { DuckDBInstance } = await openNative(() => import("@duckdb/node-api"));
  try {
    const instance = await DuckDBInstance.create(":memory:", {
      autoinstall_known_extensions: "false",
      autoload_known_extensions: "false",
      memory_limit: `${Math.max(1, Math.floor((memoryLimit().bytes * MEMORY_SHARE) / 1e6))}MB`,
      temp_directory: folder,
    });
    const connection = await instance.connect();
    const statements = statementsOf(connection, limits);
    try {
      // Times without a zone must not depend on the machine's time zone.
      await statements.run(() => connection.run("SET TimeZone = 'UTC'"));
      return await work(database(connection, statements.run, folder));
    } finally {
      const close = (): void => {
        connection.closeSync();
        instance.closeSync();
      };
      // Closing would wait for an abandoned statement.
      const abandoned = statements.abandoned();
      if (abandoned === undefined) close();
      else void abandoned.then(close);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Run = <T>(statement: () => Promise<T>) => Promise<T>;

/** Runs statements of a connection, each with its limits, and none after an abandoned one until that has ended. */
function statementsOf(connection: DuckDBConnection, limits: NonNullable<DatabaseOptions["limits"]>) {
  let abandoned: { readonly error: unknown; readonly ended: Promise<void> } | undefined;
  const run: Run = async (statement) => {
    if (abandoned !== undefined) throw abandoned.error;
    let ended: Promise<void> | undefined;
    const call = () => {
      const running = statement();
      const end = (): void => void (ended = abandoned = undefined);
      ended = running.then(end, end);
      return running;
    };
    try {
      return await nativeCall(call, { interrupt: () => connection.interrupt(), ...limits() });
    } catch (error) {
      if (ended !== undefined) abandoned = { error, ended };
      if (!isOutOfMemory(error)) throw error;
      const hint = "read smaller files, leave out columns, or raise limits.memory in config.json";
      throw outOfMemory(firstLine(error), { hint, cause: error });
    }
  };
  return { run, abandoned: () => abandoned?.ended };
}

function database(connection: DuckDBConnection, run: Run, folder: string): Database {
  const rows = async (sql: string): Promise<readonly (readonly Cell[])[]> => {
    const reader = await run(() => connection.runAndReadAll(sql));
    return reader.getRowsJS().map((row) => row.map(cell));
  };
  return {
    folder,
    rows,
    run: async (sql) => void (await run(() => connection.run(sql))),
    async describe(sql) {
      const described = await rows(`DESCRIBE ${sql}`);
      return described.map((row) => ({ name: String(row[0]), type: String(row[1]) }));
    },
    statementCount: async (sql) => (await connection.extractStatements(sql)).count,
    stream: (sql, onChunk) =>
      run(async () => {
        const result = await connection.stream(sql);
        for (;;) {
          const chunk = await result.fetchChunk();
          if (chunk === null || chunk.rowCount === 0) return;
          onChunk(readable(chunk));
        }
      }),
  };
}

function cell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" || typeof value === "boolean" ? value : String(value);
}

function readable(chunk: DuckDBDataChunk): Chunk {
  // Read once because each access calls into DuckDB.
  const { rowCount } = chunk;
  return {
    rowCount,
    numbers(column) {
      const vector = chunk.getColumnVector(column);
      if (!("items" in vector) || !(vector.items instanceof Float64Array)) {
        throw new TypeError(`column ${column} is not a DOUBLE`);
      }
      return vector.items;
    },
    strings(column) {
      const vector = chunk.getColumnVector(column);
      const strings = Array.from<string | null>({ length: rowCount });
      for (let row = 0; row < rowCount; row++) strings[row] = vector.getItem(row) as string | null;
      return strings;
    },
  };
}

/** A quoted name: `say "hi"` → `"say ""hi"""`. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A quoted string: `it's` → `'it''s'`. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A quoted path for DuckDB's readers, which would treat `[1]` and `*` in a file name as a pattern. */
export function fileLiteral(path: string): string {
  return literal(path.replace(/[*?[]/g, "[$&]"));
}

export function literalList(values: readonly string[]): string {
  return `[${values.map(literal).join(", ")}]`;
}

export function literalStruct(entries: Iterable<readonly [string, string]>): string {
  return `{${Array.from(entries, ([name, value]) => `${literal(name)}: ${literal(value)}`).join(", ")}}`;
}

/** Whether SQL has the name as a whole word, in any letter case, or COLUMNS(…), which may stand for it. */
export function isMentioned(name: string, sql: string): boolean {
  const word = name.replaceAll('"', '""').replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return (
    sql !== "" && new RegExp(String.raw`(?<![\p{L}\p{N}_])${word}(?![\p{L}\p{N}_])|\bcolumns\s*\(`, "iu").test(sql)
  );
}

export const TRY_CAST_HINT = "use TRY_CAST to turn values that cannot be converted into missing values";

/**
 * An error in SQL of the configuration, with the `key` that contains it. An MlctlError stays as it is: it says why the SQL
 * was stopped.
 */
export function sqlError(key: string, error: unknown, hint: string): MlctlError {
  if (error instanceof MlctlError) return error;
  const plain = firstLine(error)
    .replace(/^(Failed to extract statements: )?[A-Za-z ]+ Error: /, "")
    .replace(/ - file system operations are disabled by configuration$/, "")
    .replace(/[.!]$/, "");
  return new MlctlError("usage", `${key}: ${plain}`, { hint, cause: error });
}

export function isOutOfMemory(error: unknown): boolean {
  return messageOf(error).startsWith("Out of Memory Error");
}

/** The first line of an error message; DuckDB appends the SQL below it. */
export function firstLine(error: unknown): string {
  return messageOf(error).split("\n")[0]!;
}
